import { type ExistingPayout, isCancelable, isResolvable, isRetryable } from '@defter/payments-domain';
import type { Caller } from '@defter/platform';
import type { BookingView } from '../bookings/booking.read.js';
import { toOperationView } from '../operations/operation.wire.js';
import type { PayoutRow } from './payout-row.js';

/** A button: whether this caller may press it, why not, and the key that makes pressing twice one action. */
export interface AllowedAction {
  readonly action: 'approve' | 'reject' | 'cancel' | 'retry' | 'resolve';
  readonly allowed: boolean;
  readonly reason: string | null;
  readonly idempotency_key: string;
}

/** A payout as the API shows it to this caller; amounts are JSON integers of the smallest unit. */
export const toPayoutView = (row: PayoutRow, caller: Caller, bookings: readonly BookingView[]) => {
  const { payout, createdAt, updatedAt } = row;
  return {
    id: payout.payoutId,
    object: 'payout',
    status: payout.status,
    amount_minor: payout.amountMinor,
    currency: payout.currency,
    customer_id: payout.customerId,
    destination: payout.destination,
    provider: payout.provider,
    connection_id: payout.connectionId,
    metadata: payout.metadata,
    requested_by: payout.requestedBy,
    payload_hash: payout.payloadHash,
    approvals_required: payout.approvalsRequired,
    approvals: payout.approvals.map(({ by, at, note, payloadHash }) => ({
      by,
      at,
      note,
      payload_hash: payloadHash,
    })),
    refused_because: payout.refusedBecause,
    is_stuck: row.isStuck,
    operation: payout.operation === null ? null : toOperationView(payout.operation),
    bookings,
    allowed_actions: allowedActions(payout, row.version, caller),
    created_at: createdAt,
    updated_at: updatedAt,
  };
};

const allowedActions = (
  payout: ExistingPayout,
  version: bigint,
  caller: Caller,
): readonly AllowedAction[] => {
  const inReview = payout.status === 'in_review' ? null : 'The payout is not in review';
  const action = (name: AllowedAction['action'], barred: string | null): AllowedAction => {
    const reason = caller.scopes.includes('payouts:approve')
      ? barred
      : 'The key needs the scope payouts:approve';
    const key = `${name}:${payout.payoutId}:${version}`;
    return { action: name, allowed: reason === null, reason, idempotency_key: key };
  };
  return [
    action('approve', inReview ?? barredFromApproving(payout, caller)),
    action('reject', inReview),
    action('cancel', isCancelable(payout) ? null : 'It may have been sent, or it is settled'),
    action('retry', isRetryable(payout) ? null : 'Only what provably never left may be sent again'),
    action('resolve', isResolvable(payout) ? null : 'There is nothing to ask the provider'),
  ];
};

const barredFromApproving = (payout: ExistingPayout, { actor, kind }: Caller): string | null => {
  if (kind !== 'person') return 'Only a person can approve';
  if (actor === payout.requestedBy) return 'The person who asked cannot approve';
  return payout.approvals.some(({ by }) => by === actor) ? 'You approved this payout already' : null;
};
