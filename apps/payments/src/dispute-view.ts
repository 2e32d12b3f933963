import { type Dispute, type ExistingIntent, owedMinor } from '@defter/payments-domain';
import { toOperationView } from './operations/operation.wire.js';

/** A dispute as its intent shows it. */
export const toDisputeView = ({ operations }: ExistingIntent, dispute: Dispute) => {
  const operation = operations.find(({ operationId }) => operationId === dispute.operationId);
  if (operation === undefined) throw new Error(`${dispute.disputeId} lost its operation`);
  return {
    id: dispute.disputeId,
    status: dispute.status,
    amount_minor: operation.amountMinor,
    currency: operation.currency,
    disputed_operation_id: operation.parentOperationId,
    has_evidence: dispute.hasEvidence,
    // The ledger had no funds to hold: if it is lost, whoever was paid owes what they don't have then.
    is_uncovered: dispute.isUncovered,
    owed_minor: owedMinor(dispute, operation),
    debt_moves: (dispute.debtMoves ?? []).map(({ bookingId, amountMinor, isRefused }) => ({
      ...{ booking_id: bookingId, amount_minor: amountMinor, is_refused: isRefused },
    })),
    operation: toOperationView(operation),
  };
};
