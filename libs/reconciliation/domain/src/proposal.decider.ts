/**
 * Two people about one proposal:
 *
 *   proposed ─ another person approves exactly what was seen ─► approved
 *   proposed | approved ─ the proposer edits ─► proposed, next revision: the approval holds no longer
 *   approved ─ a run after the approval sees the same difference ─► booking   (the point of no return)
 *   booking ─ the ledger's word ─► corrected, or refused
 *   corrected ─ somebody reverts it in the ledger ─► the finding is open again
 *   proposed | approved ─ rejected, withdrawn, expired, other facts, difference gone ─► over
 */
import { accept, assertNever, type Decision, refuse } from '@defter/kernel';
import type { FindingEvent, FindingRefusal, SeenFinding } from './finding.js';
import { isClosed } from './finding.js';
import type { OpenProposal, ProposalCommand } from './proposal.js';
import { fits } from './resolution.js';

type Outcome = Decision<FindingEvent, FindingRefusal>;
type Of<T extends ProposalCommand['type']> = Extract<ProposalCommand, { type: T }>;

/** What a command about its proposal does to a finding. */
export function decideProposal(command: ProposalCommand, finding: SeenFinding): Outcome {
  if (command.type === 'Propose') return propose(command, finding);
  if (command.type === 'NoteReversal') return accept(...reversed(command, finding));
  const { proposalId } = command;
  const { proposal } = finding;
  if (proposal?.id !== proposalId) return refuse({ code: 'proposal-not-open', proposalId });
  if (command.type === 'Booked' || command.type === 'RefuseBooking')
    return answered(command, { ...finding, proposal });
  if (proposal.stage === 'booking') return refuse({ code: 'proposal-booking', proposalId });
  switch (command.type) {
    case 'EditProposal':
      return edit(command, finding, proposal);
    case 'ApproveProposal':
      return approve(command, proposal);
    case 'RejectProposal': {
      const { by, isPerson, reason } = command;
      if (!isPerson) return refuse({ code: 'person-required' });
      if (by === proposal.proposedBy) return refuse({ code: 'approver-is-proposer' });
      return accept({ type: 'FindingProposalEnded', proposalId, how: 'rejected', by, reason });
    }
    case 'WithdrawProposal': {
      const { by, reason } = command;
      const { proposedBy } = proposal;
      if (by !== proposedBy) return refuse({ code: 'not-the-proposer', proposedBy });
      return accept({ type: 'FindingProposalEnded', proposalId, how: 'withdrawn', by, reason });
    }
    case 'ExpireProposal': {
      if (command.at < proposal.expiresAt) return accept();
      const reason = 'Nobody approved it, or nothing confirmed it, in time';
      return accept({ type: 'FindingProposalEnded', proposalId, how: 'expired', by: 'defter', reason });
    }
    case 'BeginBooking':
      return begin(command, finding, proposal);
    default:
      return assertNever(command);
  }
}

function propose(command: Of<'Propose'>, finding: SeenFinding): Outcome {
  const { by, isPerson, kind, resolution, proposalId, amount, payloadHash, note } = command;
  const { status, findingType, proposal } = finding;
  if (!isPerson) return refuse({ code: 'person-required' });
  if (proposal !== null) return refuse({ code: 'proposal-open', proposalId: proposal.id });
  if (isClosed(status)) return refuse({ code: 'finding-closed', status });
  if (!fits(resolution, findingType))
    return refuse({ code: 'resolution-does-not-fit', resolution, findingType });
  const barred = outOfBounds(command, finding, kind);
  if (barred !== undefined) return refuse(barred);
  const { evidenceBy } = command;
  const expiresAt = new Date(command.expiresAt).toISOString();
  const content = { amount: `${amount}`, payloadHash, evidenceBy, expiresAt };
  return accept({ type: 'FindingProposed', by, proposalId, kind, resolution, ...content, note });
}

function edit(command: Of<'EditProposal'>, finding: SeenFinding, proposal: OpenProposal): Outcome {
  const { by, isPerson, proposalId, amount, payloadHash, note, at } = command;
  if (!isPerson) return refuse({ code: 'person-required' });
  const { proposedBy, kind, revision } = proposal;
  if (by !== proposedBy) return refuse({ code: 'not-the-proposer', proposedBy });
  if (at >= proposal.expiresAt) return refuse({ code: 'proposal-expired', proposalId });
  if (kind === 'take_back') return refuse({ code: 'take-back-is-fixed', proposalId });
  const barred = outOfBounds(command, finding, kind);
  if (barred !== undefined) return refuse(barred);
  return accept({
    ...{ type: 'FindingProposalEdited', by, proposalId, revision: revision + 1, amount: `${amount}` },
    ...{ payloadHash, evidenceBy: command.evidenceBy, note },
    expiresAt: new Date(command.expiresAt).toISOString(),
    voidsApprovalBy: proposal.stage === 'approved' ? proposal.approvedBy : null,
  });
}

/** An adjustment may not move more than the finding explains; there is no exception to it. */
function outOfBounds(
  { amount, limit }: { readonly amount: bigint; readonly limit: bigint },
  { isGone }: SeenFinding,
  kind: OpenProposal['kind'],
): FindingRefusal | undefined {
  if (kind === 'correct' && isGone) return { code: 'difference-gone' };
  if (amount > 0n && amount <= limit) return undefined;
  return { code: 'exceeds-difference', amount: `${amount}`, limit: `${limit}` };
}

/** Why this person can't approve the proposal as it is; undefined when they can. */
export function barredFromApproving(
  proposal: OpenProposal,
  { by, isPerson, at }: { readonly by: string; readonly isPerson: boolean; readonly at: number },
): FindingRefusal | undefined {
  const { id: proposalId, stage, proposedBy, evidenceBy, expiresAt } = proposal;
  if (stage === 'booking') return { code: 'proposal-booking', proposalId };
  if (stage === 'approved') return { code: 'proposal-approved', proposalId };
  if (!isPerson) return { code: 'person-required' };
  if (by === proposedBy) return { code: 'approver-is-proposer' };
  if (evidenceBy.includes(by)) return { code: 'approver-handed-it-in' };
  return at >= expiresAt ? { code: 'proposal-expired', proposalId } : undefined;
}

function approve(command: Of<'ApproveProposal'>, proposal: OpenProposal): Outcome {
  const barred = barredFromApproving(proposal, command);
  if (barred !== undefined) return refuse(barred);
  const { id: proposalId, revision, payloadHash } = proposal;
  if (command.payloadHash !== payloadHash) return refuse({ code: 'proposal-not-as-seen' });
  const { by, note } = command;
  return accept({ type: 'FindingProposalApproved', by, proposalId, revision, payloadHash, note });
}

function begin(command: Of<'BeginBooking'>, finding: SeenFinding, proposal: OpenProposal): Outcome {
  const { id: proposalId, proposedBy, kind } = proposal;
  if (proposal.stage !== 'approved') return refuse({ code: 'proposal-not-approved', proposalId });
  if (command.at >= proposal.expiresAt) return refuse({ code: 'proposal-expired', proposalId });
  if (kind === 'correct' && finding.isGone) return refuse({ code: 'difference-gone' });
  if (!command.isConfirmed || finding.evidence !== proposal.evidence)
    return refuse({ code: 'difference-not-confirmed' });
  return accept({ type: 'FindingBookingBegan', proposalId, proposedBy, approvedBy: proposal.approvedBy });
}

/** The ledger's word. The same word again finds no proposal in booking, and changes nothing. */
function answered(
  command: Of<'Booked'> | Of<'RefuseBooking'>,
  finding: SeenFinding & { proposal: OpenProposal },
): Outcome {
  const { proposal, isGone } = finding;
  const { id: proposalId } = proposal;
  if (proposal.stage !== 'booking') return refuse({ code: 'proposal-not-approved', proposalId });
  if (command.type === 'Booked') return booked(command, finding, proposal);
  const { code, detail } = command;
  const reason = `${code}: ${detail}`;
  const ended: FindingEvent = {
    ...{ type: 'FindingProposalEnded', proposalId, how: 'refused', by: 'ledger', reason },
  };
  if (!isGone) return accept(ended);
  // It went while the ledger was asked, and nothing was booked for it.
  const type = finding.corrected > 0n ? 'FindingCorrectionSurplus' : 'FindingAutoResolved';
  return accept<FindingEvent>(ended, { type, cause: proposalId });
}

/**
 * The correction stands no longer, or one that was taken back stands again. Where the difference is gone and
 * nothing stands, the finding is over; else people have to look.
 */
function reversed(
  { proposalId, kind, amount, transactionId, openTakeBack }: Of<'NoteReversal'>,
  { proposal, corrected, isGone }: SeenFinding,
): FindingEvent[] {
  const reverted: FindingEvent = {
    ...{ type: 'FindingCorrectionReverted', proposalId, kind, amount: `${amount}`, transactionId },
  };
  const isVoid = proposal !== null && proposal.stage !== 'booking' && proposal.id === openTakeBack;
  const reason = `Transaction ${transactionId} has reverted it in the ledger`;
  const voided: FindingEvent[] = isVoid
    ? [
        {
          ...{ type: 'FindingProposalEnded', proposalId: proposal.id, how: 'voided', reason },
          by: `transaction ${transactionId}`,
        },
      ]
    : [];
  const isOver = kind === 'correct' && isGone && corrected === amount && (proposal === null || isVoid);
  const over: FindingEvent[] = isOver ? [{ type: 'FindingAutoResolved', cause: proposalId }] : [];
  return [...voided, reverted, ...over];
}

type Approved = Extract<OpenProposal, { readonly approvedBy: string }>;

function booked(
  { transactionId, difference }: Of<'Booked'>,
  { corrected, isGone, evidence }: SeenFinding,
  { id: proposalId, resolution, amount, proposedBy, kind, ...proposal }: Approved,
): Outcome {
  const { approvedBy } = proposal;
  const people = { resolution, amount: `${amount}`, proposedBy, approvedBy, transactionId };
  if (kind === 'take_back') {
    const takenBack: FindingEvent = { type: 'FindingCorrectionTakenBack', proposalId, ...people };
    const isOver = isGone && corrected === amount;
    if (!isOver) return accept(takenBack);
    return accept<FindingEvent>(takenBack, { type: 'FindingAutoResolved', cause: proposalId });
  }
  const correction: FindingEvent = { type: 'FindingCorrected', proposalId, ...people };
  if (isGone)
    return accept<FindingEvent>(correction, { type: 'FindingCorrectionSurplus', cause: proposalId });
  // A rest, or other facts by now: people go on.
  if (evidence !== proposal.evidence || corrected + amount !== difference) return accept(correction);
  const note = `transaction ${transactionId}, approved by ${approvedBy}`;
  return accept<FindingEvent>(correction, { type: 'FindingResolved', by: proposedBy, resolution, note });
}
