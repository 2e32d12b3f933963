import { bookingIdsOf, type ExistingPayout } from '@defter/payments-domain';
import type { Caller } from '@defter/platform';
import type { BookingView } from '../bookings/booking.read.js';
import { toOperationView } from '../operations/operation.wire.js';
import { allowedActions } from './allowed-actions.js';
import type { PayoutRow } from './payout-row.js';

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
    revision: payout.revision,
    revised_by: payout.revisedBy,
    payload_hash: payout.payloadHash,
    assignee: payout.assignee,
    hold_reason: payout.holdReason,
    review_deadline: payout.reviewDeadline,
    sla_breach_at: payout.slaBreachAt,
    approvals_required: payout.approvalsRequired,
    approvals: payout.approvals.map(toApprovalView(payout)),
    refused_because: payout.refusedBecause,
    is_stuck: row.isStuck,
    needs_attention: attentionOf(payout),
    operation: payout.operation === null ? null : toOperationView(payout.operation),
    bookings,
    allowed_actions: allowedActions(payout, row.version, caller),
    created_at: createdAt,
    updated_at: updatedAt,
  };
};

/** An approval of an earlier revision is void, and still shown. */
const toApprovalView =
  ({ revision }: ExistingPayout) =>
  (approval: ExistingPayout['approvals'][number]) => ({
    by: approval.by,
    role: approval.role,
    at: approval.at,
    note: approval.note,
    payload_hash: approval.payloadHash,
    is_void: approval.revision !== revision,
  });

/** Why a person must look; empty when nobody must. */
const attentionOf = (payout: ExistingPayout): readonly string[] => {
  const { operation, holdEndedByOthers, refusedBookings } = payout;
  const standing = bookingIdsOf(payout).filter((id) => !refusedBookings.includes(id));
  const isEnded = holdEndedByOthers !== null || standing.some((id) => isEnd(kindOf(id)));
  return [
    ...(operation?.quarantine ?? []),
    ...(holdEndedByOthers === null ? [] : ['hold-ended-by-others']),
    // What another booking made good isn't told again.
    ...refusedBookings
      .map(kindOf)
      .filter((kind) => !(isEnded && isEnd(kind)))
      .map((kind) => `${kind}-refused-by-ledger`),
  ];
};

const kindOf = (bookingId: string): string => bookingId.split(':')[2] ?? bookingId;
const isEnd = (kind: string): boolean => kind === 'post' || kind === 'void';
