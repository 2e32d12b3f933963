import type { BookingRequest } from '../ledger-booking.js';
import type { FindingRecord } from './finding.js';
import type { ProposalRow } from './proposal-row.js';

/** The key of a proposal's booking in the ledger, and its reference there. */
export const keyOf = (findingId: string, proposalId: string): string =>
  `correction:${findingId}:${proposalId}`;

/**
 * What the ledger is asked for. The key is made from finding and proposal: whoever asks again, after whatever
 * crash, asks for the same. The metadata lead an auditor from the transaction to the finding; the finding's
 * proposals have the transaction's number.
 * `reverts`: the transaction that is taken back.
 */
export function toBookingRequest(
  ledger: string,
  finding: FindingRecord,
  proposal: ProposalRow,
  reverts: bigint | null,
): BookingRequest {
  const { id, finding_type, provider, connection_id } = finding;
  const { proposal_id, entries, resolution, reason, payload_hash, proposed_by, approved_by } = proposal;
  const idempotencyKey = keyOf(id, proposal_id);
  const metadata = {
    ...{ kind: 'correction', finding: id, finding_type, provider, connection: connection_id },
    ...{ resolution, proposal: proposal_id, payload_hash, reason },
    ...{ proposed_by, approved_by: approved_by ?? '' },
  };
  if (proposal.kind === 'take_back') {
    if (reverts === null) throw new Error(`Proposal ${proposal_id} takes back what was never booked`);
    const kind = { kind: 'correction_taken_back' };
    return {
      method: 'Revert',
      body: { ledger, idempotencyKey, transactionId: `${reverts}`, metadata: { ...metadata, ...kind } },
    };
  }
  const postings = entries.map((entry) => ({ ...entry }));
  return {
    method: 'CreateTransaction',
    body: { ledger, idempotencyKey, postings, reference: idempotencyKey, metadata },
  };
}
