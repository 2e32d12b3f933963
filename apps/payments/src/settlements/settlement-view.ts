import { barredFromSettling, type SettlementCommand } from '@defter/payments-domain';
import type { Caller } from '@defter/platform';
import { actionsOn } from '../allowed-action.js';
import type { BookingView } from '../bookings/booking.read.js';
import { settlementProblems } from './settlement.problems.js';
import type { BatchFigures } from './batch-figures.js';
import { type SettlementRow, stageOf } from '../settlement-row.js';

/** A settlement as the API shows it to this caller. */
export const toSettlementView = (row: SettlementRow, caller: Caller, bookings: readonly BookingView[]) => ({
  id: row.settlementId,
  object: 'settlement',
  status: stageOf(row).status,
  connection_id: row.connectionId,
  reference: row.reference,
  amount_minor: row.amountMinor,
  currency: row.currency,
  payload_hash: row.payloadHash,
  requested_by: row.requestedBy,
  // Null of those that were booked before two people were needed.
  approved_by: row.approvedBy,
  approved_at: row.approvedAt,
  ...toEndView(row.end),
  // Of what reconciliation asks for.
  batch: row.batch && toBatchView(row.batchRef, row.batch),
  fee_difference_minor: row.feeDifferenceMinor,
  automatic: row.automatic,
  similar_to: row.similarTo,
  bookings,
  allowed_actions: actionsOn(
    {
      ...{ id: row.settlementId, scope: 'payments:settle', caller },
      version: versionOf(row),
    },
    {
      approve: barredFor('ApproveSettlement', row, caller),
      reject: barredFor('RejectSettlement', row, caller),
      withdraw: barredFor('WithdrawSettlement', row, caller),
    },
  ),
  created_at: row.createdAt,
});

/** Of one that is not, or no longer, booked. */
const toEndView = (end: SettlementRow['end']) => {
  const { by, at, reason, revertedBy, reinstatedBy } = end ?? NO_END;
  return {
    ...{ ended_by: by, ended_at: at, end_reason: reason, reverted_by_transaction: revertedBy },
    // It stands in the books again.
    reinstated_by_transaction: reinstatedBy,
  };
};

const NO_END = { by: null, at: null, reason: null, revertedBy: null, reinstatedBy: null };

/** Its buttons are others after each decision. */
const versionOf = ({ end, approvedAt }: SettlementRow): bigint => {
  if (end !== null) return 3n;
  return approvedAt === null ? 1n : 2n;
};

const barredFor = (
  type: SettlementCommand['type'],
  row: SettlementRow,
  { actor: by, kind }: Caller,
): string | null => {
  const { requestedBy, payloadHash, evidenceBy } = row;
  const settlement = { stage: stageOf(row), requestedBy, evidenceBy, payloadHash: payloadHash ?? '' };
  const barred = barredFromSettling(settlement, { type, by, person: kind === 'person' });
  return barred === undefined ? null : settlementProblems[barred.code].title;
};

/** The figures that an approver decides about. */
const toBatchView = (reference: string | null, batch: BatchFigures) => ({
  reference,
  gross_minor: BigInt(batch.grossMinor),
  fees_minor: BigInt(batch.feesMinor),
  other_minor: BigInt(batch.otherMinor),
  net_minor: BigInt(batch.netMinor),
  booked_fees_minor: BigInt(batch.bookedFeesMinor),
  bank_minor: batch.bankMinor === undefined ? null : BigInt(batch.bankMinor),
  lines: batch.lines,
  unlike_lines: batch.unlikeLines,
  bank_references: batch.bankReferences,
  last_on: batch.lastOn,
  handed_in_by: batch.handedInBy,
  run_id: batch.runId,
});
