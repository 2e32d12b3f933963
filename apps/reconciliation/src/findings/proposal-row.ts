import type { Queryable } from '@defter/platform';
import type { MoneyResolution, OpenProposal, ProposalEnd, ProposalKind } from '@defter/reconciliation-domain';

/** A posting that somebody proposes; the amount in the smallest unit, as text. */
export interface Entry {
  readonly source: string;
  readonly destination: string;
  readonly amount: string;
  readonly asset: string;
}

/** `unknown`: the ledger was asked, and its answer isn't known. */
export type ProposalStatus = 'proposed' | 'approved' | 'booking' | 'unknown' | 'booked' | ProposalEnd;

/** A proposal with its newest revision, and the approval that holds. */
export interface ProposalRow {
  readonly proposal_id: string;
  readonly finding_id: string;
  readonly kind: ProposalKind;
  readonly resolution: MoneyResolution;
  readonly revision: number;
  readonly status: ProposalStatus;
  readonly evidence: string;
  readonly proposed_by: string;
  readonly proposed_at: Date;
  readonly expires_at: Date;
  readonly takes_back: string | null;
  readonly confirming_run: string | null;
  readonly unknown_because: string | null;
  readonly transaction_id: bigint | null;
  readonly sequence: bigint | null;
  readonly ended_at: Date | null;
  readonly ended_by: string | null;
  readonly end_reason: string | null;
  readonly payload_hash: string;
  readonly entries: readonly Entry[];
  readonly amount: string;
  readonly reason: string;
  readonly evidence_by: readonly string[];
  readonly approved_by: string | null;
  readonly approved_at: Date | null;
  readonly approval_note: string | null;
  /** Whether another proposal has reverted what this one booked. */
  readonly taken_back: boolean;
  /** The transaction that reverted it in the ledger without two people here, and when that was noticed. */
  readonly reverted_by: bigint | null;
  readonly reverted_at: Date | null;
}

const SELECT = `
  select p.proposal_id, p.finding_id, p.kind, p.resolution, p.revision, p.status, p.evidence, p.proposed_by,
         p.proposed_at, p.expires_at, p.takes_back, p.confirming_run, p.unknown_because, p.transaction_id,
         p.sequence, p.ended_at, p.ended_by, p.end_reason, p.reverted_by, p.reverted_at,
         r.payload_hash, r.entries, r.amount::text as amount, r.reason, r.evidence_by,
         a.approved_by, a.approved_at, a.note as approval_note,
         exists (select from proposal back where back.tenant_id = $1 and back.takes_back = p.proposal_id
                    and back.status = 'booked' and back.reverted_by is null) as taken_back
    from proposal p
    join proposal_revision r
      on r.tenant_id = $1 and r.proposal_id = p.proposal_id and r.revision = p.revision
    left join proposal_approval a
      on a.tenant_id = $1 and a.proposal_id = p.proposal_id and a.revision = p.approved_revision
   where p.tenant_id = $1`;

const BY_ID = `${SELECT} and p.proposal_id = any ($2)`;
const OF_FINDING = `${SELECT} and p.finding_id = $2 order by p.proposed_at, p.proposal_id`;

/** All proposals of a finding, the oldest first. */
export const proposalsOf = (
  database: Queryable,
  tenantId: string,
  findingId: string,
): Promise<ProposalRow[]> => database.query<ProposalRow>(OF_FINDING, [tenantId, findingId]);

/** One proposal, or nothing where it isn't this tenant's. */
export async function findProposal(
  database: Queryable,
  tenantId: string,
  proposalId: string,
): Promise<ProposalRow | undefined> {
  const [row] = await database.query<ProposalRow>(BY_ID, [tenantId, [proposalId]]);
  return row;
}

/** What decisions need of open proposals, by id. */
export async function openProposals(
  database: Queryable,
  tenantId: string,
  proposalIds: readonly string[],
): Promise<Map<string, OpenProposal>> {
  if (proposalIds.length === 0) return new Map();
  const rows = await database.query<ProposalRow>(BY_ID, [tenantId, proposalIds]);
  return new Map(rows.map((row) => [row.proposal_id, toOpenProposal(row)]));
}

/** @throws Error for one that is over: its finding names it no longer */
export function toOpenProposal(row: ProposalRow): OpenProposal {
  const facts = {
    ...{ id: row.proposal_id, kind: row.kind, resolution: row.resolution, revision: row.revision },
    ...{ amount: BigInt(row.amount), payloadHash: row.payload_hash, evidence: row.evidence },
    ...{ evidenceBy: row.evidence_by },
    ...{ proposedBy: row.proposed_by, expiresAt: row.expires_at.getTime() },
  };
  if (row.status === 'proposed') return { ...facts, stage: 'proposed' };
  const stage = row.status === 'unknown' ? 'booking' : row.status;
  if ((stage !== 'approved' && stage !== 'booking') || row.approved_by === null)
    throw new Error(`Proposal ${row.proposal_id} is ${row.status} and not open`);
  return { ...facts, stage, approvedBy: row.approved_by };
}
