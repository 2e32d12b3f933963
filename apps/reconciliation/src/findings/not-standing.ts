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
  if (proposal.reverted_by !== null) return { ...refusal, ...revertedIn(proposal) };
  if (proposal.taken_back)
    return { ...refusal, ...takenBackBy(proposalId, await proposalsOf(database, tenantId, finding_id)) };
  if (kind === 'correct' && status === 'booked') return undefined;
  const { ended_by: by, ended_at, end_reason: reason } = proposal;
  return { ...refusal, state: status, by, at: textOf(ended_at), reason };
}

type End = Omit<NotStanding, 'code' | 'proposalId'>;

const textOf = (at: Date | null | undefined): string | null => at?.toISOString() ?? null;

const revertedIn = ({ reverted_by, reverted_at }: ProposalRow): End => {
  const reason = `Transaction ${reverted_by} reverted it in the ledger`;
  return { state: 'reverted', by: 'ledger', at: textOf(reverted_at), reason };
};

const takenBackBy = (proposalId: string, all: readonly ProposalRow[]): End => {
  const back = all.find((each) => each.takes_back === proposalId && each.status === 'booked');
  const who = back === undefined ? {} : { by: back.approved_by, reason: back.reason };
  return { state: 'taken_back', at: textOf(back?.ended_at), ...who };
};
