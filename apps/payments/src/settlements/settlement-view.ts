import { barredFromSettling } from '@defter/payments-domain';
import type { Caller } from '@defter/platform';
import { actionsOn } from '../allowed-action.js';
import type { BookingView } from '../bookings/booking.read.js';
import { settlementProblems } from './settlement.problems.js';
import type { SettlementRow } from './settlement-row.js';

/** A settlement as the API shows it to this caller. */
export const toSettlementView = (row: SettlementRow, caller: Caller, bookings: readonly BookingView[]) => ({
  id: row.settlementId,
  object: 'settlement',
  status: row.approvedAt === null ? 'requested' : 'approved',
  connection_id: row.connectionId,
  reference: row.reference,
  amount_minor: row.amountMinor,
  currency: row.currency,
  payload_hash: row.payloadHash,
  requested_by: row.requestedBy,
  // Null of those that were booked before two people were needed.
  approved_by: row.approvedBy,
  approved_at: row.approvedAt,
  bookings,
  allowed_actions: actionsOn(
    {
      ...{ id: row.settlementId, scope: 'payments:settle', caller },
      version: row.approvedAt === null ? 1n : 2n,
    },
    { approve: barredFor(row, caller) },
  ),
  created_at: row.createdAt,
});

const barredFor = (
  { requestedBy, payloadHash, approvedAt }: SettlementRow,
  { actor: by, kind }: Caller,
): string | null => {
  const settlement = { requestedBy, payloadHash: payloadHash ?? '', isApproved: approvedAt !== null };
  const barred = barredFromSettling(settlement, { by, person: kind === 'person' });
  return barred === undefined ? null : settlementProblems[barred.code].title;
};
