import type { ProposalView } from '@defter/reconciliation-contracts';
import type { ProposalRow } from './proposal-row.js';

/** A proposal as callers see it. */
export const toProposalView = (row: ProposalRow): ProposalView => ({
  id: row.proposal_id,
  finding_id: row.finding_id,
  kind: row.kind,
  takes_back: row.takes_back,
  resolution: row.resolution,
  status: row.reverted_by === null ? row.status : 'reverted',
  revision: row.revision,
  entries: row.entries,
  amount_minor: row.amount,
  reason: row.reason,
  payload_hash: row.payload_hash,
  handed_in_by: row.evidence_by,
  proposed_by: row.proposed_by,
  proposed_at: row.proposed_at.toISOString(),
  expires_at: row.expires_at.toISOString(),
  approved_by: row.approved_by,
  approved_at: row.approved_at?.toISOString() ?? null,
  approval_note: row.approval_note,
  confirming_run: row.confirming_run,
  unknown_because: row.unknown_because,
  transaction_id: row.transaction_id === null ? null : `${row.transaction_id}`,
  taken_back: row.taken_back,
  reverted_by_transaction: row.reverted_by === null ? null : `${row.reverted_by}`,
  reverted_at: row.reverted_at?.toISOString() ?? null,
  ended_at: row.ended_at?.toISOString() ?? null,
  ended_by: row.ended_by,
  end_reason: row.end_reason,
});
