import type { OperationState } from '@defter/payments-domain';
import type { BookingView } from '../bookings/booking.read.js';
import { toOperationView } from '../operations/operation.wire.js';
import type { IntentRow } from './intent-row.js';

/** A payment intent as the API shows it; amounts are JSON integers of the smallest unit. */
export const toIntentView = (
  { intent, createdAt, updatedAt }: IntentRow,
  bookings: readonly BookingView[],
) => ({
  id: intent.intentId,
  object: 'payment_intent',
  status: intent.status,
  amount_minor: intent.amountMinor,
  currency: intent.currency,
  customer_id: intent.customerId,
  merchant_reference: intent.merchantReference,
  metadata: intent.metadata,
  needs_attention: attentionOf(intent.operations, bookings, intent.capturedTwice),
  attempts: intent.operations.map(toOperationView),
  bookings,
  created_at: createdAt,
  updated_at: updatedAt,
});

/** Why a person must look; empty when nobody must. */
const attentionOf = (
  operations: readonly OperationState[],
  bookings: readonly BookingView[],
  capturedTwice: boolean,
): readonly string[] => [
  ...operations.flatMap(({ quarantine }) => quarantine),
  ...(capturedTwice ? ['captured-twice'] : []),
  ...bookings.filter(({ state }) => state === 'refused').map(({ kind }) => `${kind}-refused-by-ledger`),
];
