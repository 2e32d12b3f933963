import {
  callOf,
  type ExistingIntent,
  isOperationResolvable,
  type OperationState,
  type Refund,
} from '@defter/payments-domain';
import type { Caller } from '@defter/platform';
import { actionsOn } from './allowed-action.js';
import type { BookingView } from './bookings/booking.read.js';
import { toOperationView } from './operations/operation.wire.js';
import { intentProblems } from './intent.problems.js';
import type { RefundRow } from './refund-row.js';

/** A refund as the API shows it to this caller; amounts are JSON integers of the smallest unit. */
export const toRefundView = (row: RefundRow, caller: Caller, bookings: readonly BookingView[]) => {
  const { refund, call, intentId, version, createdAt, updatedAt } = row;
  return {
    ...shown(refund, call),
    payment_intent: intentId,
    requested_by: refund.requestedBy,
    metadata: refund.metadata,
    bookings: bookings.filter(({ operation_id: id }) => id === refund.operation.operationId),
    allowed_actions: actionsOn(
      { id: refund.refundId, version, scope: 'payments:write', caller },
      {
        retry: call?.result === 'errored' ? null : intentProblems['refund-not-retryable'].title,
        resolve:
          call !== null && isOperationResolvable(call) ? null : intentProblems['refund-not-resolvable'].title,
      },
    ),
    created_at: createdAt,
    updated_at: updatedAt,
  };
};

/** A refund as its intent shows it. */
export const toRefundSummary = (intent: ExistingIntent, refund: Refund) =>
  shown(refund, callOf(intent, refund) ?? null);

const shown = (refund: Refund, call: OperationState | null) => ({
  id: refund.refundId,
  object: 'refund',
  status: refund.status,
  amount_minor: refund.operation.amountMinor,
  currency: refund.operation.currency,
  refunded_operation_id: refund.operation.parentOperationId,
  reason: refund.reason,
  refused_because: refund.refusedBecause,
  operation: call === null ? null : toOperationView(call),
});
