import type { Finding, FindingEvent, FindingStatus, Seen, SeenFinding } from './finding.js';
import type { OpenProposal } from './proposal.js';

/** Events that only move the status. */
const statusAfter = {
  FindingAcknowledged: 'acknowledged',
  FindingStarted: 'in_progress',
  FindingLinked: 'in_progress',
  FindingUnlinked: 'reopened',
  FindingReopened: 'reopened',
} as const satisfies Partial<Record<FindingEvent['type'], FindingStatus>>;

/** The finding after an event; leaving one out doesn't compile. */
export function evolve(finding: Finding, event: FindingEvent): Finding {
  if (event.type === 'FindingRaised')
    return { status: 'open', ...seenOf(event), proposal: null, corrected: 0n, isGone: false };
  if (finding.status === 'none') return finding;
  switch (event.type) {
    case 'FindingCameBack':
      return { ...finding, ...seenOf(event), status: openStatus(finding), isGone: false };
    case 'FindingFactsChanged':
      return { ...finding, ...seenOf(event) };
    case 'FindingResolved':
      return { ...finding, status: event.resolution === 'accepted_risk' ? 'accepted_risk' : 'resolved' };
    case 'FindingAutoResolved':
      return { ...finding, status: 'auto_resolved', isGone: false };
    case 'FindingGoneWhileBooking':
      return { ...finding, isGone: true };
    case 'FindingCorrectionSurplus':
      return { ...finding, status: openStatus(finding), isGone: true };
    case 'FindingCorrected':
      return { ...over(finding, 'reopened'), corrected: finding.corrected + BigInt(event.amount) };
    case 'FindingCorrectionTakenBack':
      return { ...over(finding, 'reopened'), corrected: finding.corrected - BigInt(event.amount) };
    case 'FindingCorrectionReverted': {
      const sign = event.kind === 'correct' ? -1n : 1n;
      const corrected = finding.corrected + sign * BigInt(event.amount);
      return { ...finding, status: openStatus(finding), corrected };
    }
    case 'FindingProposed':
    case 'FindingProposalEdited':
    case 'FindingProposalApproved':
    case 'FindingBookingBegan':
    case 'FindingProposalEnded':
      return proposed(finding, event);
    default:
      return { ...finding, status: statusAfter[event.type] };
  }
}

const seenOf = ({ findingType, severity, evidence }: Seen): Seen => ({ findingType, severity, evidence });

/** What is open beside a proposal is decided by the proposal. */
const openStatus = ({ proposal }: SeenFinding): FindingStatus =>
  proposal === null ? 'reopened' : 'proposed';

const over = (finding: SeenFinding, status: FindingStatus): SeenFinding => ({
  ...{ ...finding, status, proposal: null },
});

type OfProposal = Extract<
  FindingEvent,
  {
    type:
      | 'FindingProposed'
      | 'FindingProposalEdited'
      | 'FindingProposalApproved'
      | 'FindingBookingBegan'
      | 'FindingProposalEnded';
  }
>;

function proposed(finding: SeenFinding, event: OfProposal): SeenFinding {
  // Whoever withdraws steps back; in every other way somebody has to go on.
  if (event.type === 'FindingProposalEnded')
    return over(finding, event.how === 'withdrawn' ? 'acknowledged' : 'in_progress');
  if (event.type === 'FindingProposed') {
    const { proposalId: id, kind, resolution, amount, payloadHash, expiresAt, by: proposedBy } = event;
    const { evidence } = finding;
    const { evidenceBy } = event;
    const facts = { id, kind, resolution, payloadHash, proposedBy, evidenceBy, evidence, revision: 1 };
    const money = { amount: BigInt(amount), expiresAt: Date.parse(expiresAt) };
    return { ...finding, status: 'proposed', proposal: { ...facts, ...money, stage: 'proposed' } };
  }
  if (finding.proposal === null) return finding;
  return { ...finding, proposal: further(finding.proposal, event) };
}

function further(
  proposal: OpenProposal,
  event: Exclude<OfProposal, { type: 'FindingProposed' | 'FindingProposalEnded' }>,
): OpenProposal {
  switch (event.type) {
    case 'FindingProposalEdited': {
      const { revision, amount, payloadHash, evidenceBy, expiresAt } = event;
      const { id, kind, resolution, evidence, proposedBy } = proposal;
      const kept = { id, kind, resolution, evidence, proposedBy };
      const content = { revision, payloadHash, evidenceBy, amount: BigInt(amount) };
      return { ...kept, ...content, expiresAt: Date.parse(expiresAt), stage: 'proposed' };
    }
    case 'FindingProposalApproved':
      return { ...proposal, stage: 'approved', approvedBy: event.by };
    case 'FindingBookingBegan':
      return { ...proposal, stage: 'booking', approvedBy: event.approvedBy };
  }
}
