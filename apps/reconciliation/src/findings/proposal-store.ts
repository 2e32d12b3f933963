import type { Transaction } from '@defter/platform';
import type { ProposalEvent } from '@defter/reconciliation-domain';
import type { Entry } from './proposal-row.js';

/** What an event of a proposal leaves to its command: the entries in full. */
export interface ProposalContent {
  readonly entries: readonly Entry[];
  /** The correction that is to be reverted. */
  readonly takesBack: string | null;
}

/** Where and when an event happened. */
export interface EventPlace {
  readonly tenantId: string;
  readonly findingId: string;
  /** The facts of the finding as they were before it. */
  readonly evidence: string;
  readonly at: Date;
  readonly content: ProposalContent | undefined;
}

const INSERT = `
  insert into proposal (tenant_id, proposal_id, finding_id, kind, resolution, revision, status, evidence,
    proposed_by, proposed_at, expires_at, takes_back)
  values ($1, $2, $3, $4, $5, 1, 'proposed', $6, $7, $8, $9, $10)`;
const REVISION = `
  insert into proposal_revision (tenant_id, proposal_id, revision, payload_hash, entries, amount, reason,
    revised_by, revised_at, evidence_by)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;
const EDIT = `
  update proposal set revision = $3, expires_at = $4, status = 'proposed', approved_revision = null,
    confirming_run = null, looks = 0, look_due_at = null
   where tenant_id = $1 and proposal_id = $2`;
const APPROVAL = `
  insert into proposal_approval (tenant_id, proposal_id, revision, payload_hash, proposed_by, approved_by,
    note, approved_at, evidence_by)
  select $1, $2, $3, $4, r.revised_by, $5, $6, $7, r.evidence_by
    from proposal_revision r where r.tenant_id = $1 and r.proposal_id = $2 and r.revision = $3`;
const APPROVE = `
  update proposal set status = 'approved', approved_revision = $3
   where tenant_id = $1 and proposal_id = $2`;
const BEGIN = `update proposal set status = 'booking' where tenant_id = $1 and proposal_id = $2`;
const BOOKED = `
  update proposal set status = 'booked', transaction_id = $3, ended_at = $4, ended_by = 'ledger',
    unknown_because = null
   where tenant_id = $1 and proposal_id = $2`;
const END = `
  update proposal set status = $3, ended_at = $4, ended_by = $5, end_reason = $6, unknown_because = null
   where tenant_id = $1 and proposal_id = $2`;

const REVERTED = `
  update proposal set reverted_by = $3, reverted_at = $4
   where tenant_id = $1 and proposal_id = $2 and reverted_by is null`;

const isOfProposal = {
  ...{ FindingProposed: true, FindingProposalEdited: true, FindingProposalApproved: true },
  ...{ FindingProposalEnded: true, FindingBookingBegan: true, FindingCorrected: true },
  ...{ FindingCorrectionTakenBack: true, FindingGoneWhileBooking: true, FindingCorrectionSurplus: true },
  FindingCorrectionReverted: true,
} as const satisfies Record<ProposalEvent['type'], true>;

/** Whether an event is about a proposal or what it booked. */
export const isProposalEvent = (event: { readonly type: string }): event is ProposalEvent =>
  Object.hasOwn(isOfProposal, event.type);

/** Writes what an event does to its proposal; revisions and approvals are added, never changed. */
export async function keepProposalEvent(
  tx: Transaction,
  event: ProposalEvent,
  place: EventPlace,
): Promise<void> {
  const { tenantId, at } = place;
  switch (event.type) {
    case 'FindingProposed':
      return insertProposal(tx, event, place);
    case 'FindingProposalEdited': {
      const { proposalId, revision, expiresAt } = event;
      await insertRevision(tx, event, place);
      await tx.query(EDIT, [tenantId, proposalId, revision, expiresAt]);
      return;
    }
    case 'FindingProposalApproved': {
      const { proposalId, revision, payloadHash, by, note } = event;
      await tx.query(APPROVAL, [tenantId, proposalId, revision, payloadHash, by, note, at]);
      await tx.query(APPROVE, [tenantId, proposalId, revision]);
      return;
    }
    case 'FindingBookingBegan':
      await tx.query(BEGIN, [tenantId, event.proposalId]);
      return;
    case 'FindingCorrected':
    case 'FindingCorrectionTakenBack':
      await tx.query(BOOKED, [tenantId, event.proposalId, event.transactionId, at]);
      return;
    case 'FindingProposalEnded':
      await tx.query(END, [tenantId, event.proposalId, event.how, at, event.by, event.reason]);
      return;
    case 'FindingCorrectionReverted':
      await tx.query(REVERTED, [tenantId, event.proposalId, event.transactionId, at]);
      return;
    case 'FindingGoneWhileBooking':
    case 'FindingCorrectionSurplus':
      return;
  }
}

type Proposed = Extract<ProposalEvent, { type: 'FindingProposed' }>;

async function insertProposal(tx: Transaction, event: Proposed, place: EventPlace): Promise<void> {
  const { tenantId, findingId, evidence, at, content } = place;
  const { proposalId, kind, resolution, by, expiresAt } = event;
  const names = [tenantId, proposalId, findingId, kind, resolution];
  await tx.query(INSERT, [...names, evidence, by, at, expiresAt, content?.takesBack ?? null]);
  await insertRevision(tx, { ...event, revision: 1 }, place);
}

async function insertRevision(
  tx: Transaction,
  event: (Proposed & { readonly revision: 1 }) | Extract<ProposalEvent, { type: 'FindingProposalEdited' }>,
  { tenantId, at, content }: EventPlace,
): Promise<void> {
  if (content === undefined) throw new Error('A proposal is written without its entries');
  const { proposalId, revision, payloadHash, amount, note, by, evidenceBy } = event;
  const entries = JSON.stringify(content.entries);
  const names = [tenantId, proposalId, revision, payloadHash];
  await tx.query(REVISION, [...names, entries, amount, note, by, at, evidenceBy]);
}
