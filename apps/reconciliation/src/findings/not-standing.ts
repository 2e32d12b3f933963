import type { Queryable } from '@defter/platform';
import { type ProposalRow, proposalsOf } from './proposal-row.js';

/** Why a proposal is no correction that could be taken back: what became of it, by whom and when. */
export interface NotStanding {
  readonly code: 'correction-not-standing';
  readonly proposalId: string;
  /** `taken_back`, `reverted`, or the proposal's status; a problem's own `status` is that of HTTP. */
  readonly state?: string;
  readonly by?: string | null;
  readonly at?: string | null;
  readonly reason?: string | null;
}

/** Nothing of a correction that stands. */
export async function notStanding(
  database: Queryable,
  tenantId: string,
  proposal: ProposalRow,
): Promise<NotStanding | undefined> {
  const { proposal_id: proposalId, finding_id, kind, status } = proposal;
  const refusal = { code: 'correction-not-standing', proposalId } as const;
  if (proposal.reverted_by !== null) {
    const at = proposal.reverted_at?.toISOString() ?? null;
    const reason = `Transaction ${proposal.reverted_by} reverted it in the ledger`;
    return { ...refusal, state: 'reverted', by: 'ledger', at, reason };
  }
  if (proposal.taken_back) {
    const all = await proposalsOf(database, tenantId, finding_id);
    const back = all.find((each) => each.takes_back === proposalId && each.status === 'booked');
    const who = back === undefined ? {} : { by: back.approved_by, reason: back.reason };
    return { ...refusal, state: 'taken_back', at: back?.ended_at?.toISOString() ?? null, ...who };
  }
  if (kind === 'correct' && status === 'booked') return undefined;
  const { ended_by: by, ended_at, end_reason: reason } = proposal;
  return { ...refusal, state: status, by, at: ended_at?.toISOString() ?? null, reason };
}
