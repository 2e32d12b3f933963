import type { Tenant } from '@defter/backoffice-contracts';
import {
  capturedMinor,
  type ExistingIntent,
  type IntentBooking,
  type IntentEvent,
  type OperationState,
  planOf,
  refundedMinor,
} from '@defter/payments-domain';
import type { OperationOwner } from '../operations/operation.js';
import type { Snapshot } from '../publishing/payments-event.js';
import type { Step } from '../record-step.js';

interface Happened {
  readonly events: readonly IntentEvent[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly privateReturnUrl: string | undefined;
}

/** What commits with the new events of an intent. */
export const toStep = (
  tenant: Tenant,
  intent: ExistingIntent,
  version: bigint,
  { events, metadata, privateReturnUrl }: Happened,
): Step => {
  const { intentId: ownerId, customerId, currency } = intent;
  return {
    tenant,
    events,
    snapshot: toSnapshot(intent, version),
    ownerOf: (operation) => ({ ...ownerOf(intent, operation, metadata), privateReturnUrl }),
    subjectOf: (booking) => ({
      ownerId,
      customerId,
      currency,
      plan: planOf(intent, booking as IntentBooking),
    }),
  };
};

/** An attempt has the intent's metadata; a capture, release or refund its own. */
const ownerOf = (
  intent: ExistingIntent,
  { kind, operationId }: OperationState,
  metadata: Readonly<Record<string, string>>,
): OperationOwner => {
  const { intentId: ownerId, customerId, merchantReference: reference } = intent;
  const refund = intent.refunds.find(({ operation }) => operation.operationId === operationId);
  const isAttempt = kind === 'sale' || kind === 'authorize';
  return {
    ownerId,
    customerId,
    reference,
    metadata: refund?.metadata ?? (isAttempt ? intent.metadata : metadata),
  };
};

const toSnapshot = (intent: ExistingIntent, version: bigint): Snapshot => {
  const { intentId: id, customerId, merchantReference, amountMinor, currency, operations, status } = intent;
  return {
    type: 'PaymentIntentChanged',
    ...{ id, version, status, customerId, merchantReference, amountMinor, currency, operations },
    collected: {
      ...{ captureMethod: intent.captureMethod, merchantId: intent.merchantId },
      ...{ capturedMinor: capturedMinor(intent), refundedMinor: refundedMinor(intent) },
      refunds: intent.refunds.map(({ refundId, status: refundStatus, operation }) => ({
        ...{ refundId, status: refundStatus, operationId: operation.operationId },
        amountMinor: operation.amountMinor,
      })),
      disputes: intent.disputes.map(({ disputeId, status: disputeStatus, operationId }) => ({
        ...{ disputeId, status: disputeStatus, operationId },
        amountMinor: operations.find((one) => one.operationId === operationId)?.amountMinor ?? 0n,
      })),
    },
  };
};
