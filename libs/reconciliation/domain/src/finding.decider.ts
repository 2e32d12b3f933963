/**
 * A finding's life.
 *
 *   (none) ─ Observe ─► open ─ Acknowledge ─► acknowledged ─ Start ─► in_progress
 *   open | acknowledged | in_progress | reopened ── Resolve ──► resolved | accepted_risk
 *   open | acknowledged | in_progress | reopened ── Link ──► in_progress (until a run takes the link)
 *   any but proposed ── Unlink ──► reopened
 *   open | acknowledged | in_progress | reopened ── Propose ──► proposed     (see proposal.decider.ts)
 *   proposed ── Booked ──► resolved, or reopened where something else is there by now
 *   proposed ── rejected, expired, refused, voided ──► in_progress; withdrawn ──► acknowledged
 *   open | acknowledged | in_progress | proposed | reopened ── Vanish ──► auto_resolved (it came)
 *   resolved | accepted_risk | auto_resolved ── Reopen, or Observe with other facts ──► reopened
 *   auto_resolved ── Observe ──► reopened (the difference is back)
 *   with a correction that stands: ── Vanish ──► reopened (it came, and what was booked is too much;
 *     only a reversal by two people closes it then)
 */
import { accept, assertNever, type Decision, refuse } from '@defter/kernel';
import type {
  Finding,
  FindingCommand,
  FindingEvent,
  FindingRefusal,
  LiveStatus,
  SeenFinding,
} from './finding.js';
import { isClosed } from './finding.js';
import { decideProposal } from './proposal.decider.js';
import { fits, movesMoney, type Resolution } from './resolution.js';

/** What a command does to a finding. */
export function decide(command: FindingCommand, finding: Finding): Decision<FindingEvent, FindingRefusal> {
  if (command.type === 'Observe') return accept(...observed(command, finding));
  if (finding.status === 'none')
    return command.type === 'Vanish' ? accept() : refuse({ code: 'finding-unknown' });
  switch (command.type) {
    case 'Vanish':
      return accept(...vanished(command.cause, finding));
    case 'Reopen': {
      const { by, note } = command;
      if (isClosed(finding.status)) return accept({ type: 'FindingReopened', by, note });
      return refuse({ code: 'finding-not-closed', status: finding.status });
    }
    case 'Unlink':
      return unlink(command, finding);
    case 'Acknowledge':
    case 'Start':
    case 'Resolve':
    case 'Link':
      if (isClosed(finding.status)) return refuse({ code: 'finding-closed', status: finding.status });
      return work(command, { ...finding, status: finding.status });
    default:
      return decideProposal(command, finding);
  }
}

/** Also of a closed one: the link may be what closed it. */
function unlink(
  { by, isPerson, operationId, note }: Extract<FindingCommand, { type: 'Link' | 'Unlink' }>,
  { proposal }: SeenFinding,
): Decision<FindingEvent, FindingRefusal> {
  if (!isPerson) return refuse({ code: 'person-required' });
  if (proposal !== null) return refuse({ code: 'proposal-open', proposalId: proposal.id });
  return accept({ type: 'FindingUnlinked', by, operationId, note });
}

type Work = Extract<FindingCommand, { type: 'Acknowledge' | 'Start' | 'Resolve' | 'Link' | 'Unlink' }>;

function work(
  command: Work,
  finding: SeenFinding & { status: LiveStatus },
): Decision<FindingEvent, FindingRefusal> {
  const { status, findingType, proposal } = finding;
  switch (command.type) {
    case 'Acknowledge': {
      if (status !== 'open' && status !== 'reopened')
        return refuse({ code: 'finding-in-other-state', status });
      return accept({ type: 'FindingAcknowledged', by: command.by });
    }
    case 'Start': {
      if (status === 'in_progress' || status === 'proposed')
        return refuse({ code: 'finding-in-other-state', status });
      return accept({ type: 'FindingStarted', by: command.by });
    }
    case 'Resolve': {
      const { by, resolution, note } = command;
      const barred = barredFromResolving(resolution, finding);
      if (barred !== undefined) return refuse(barred);
      return accept({ type: 'FindingResolved', by, resolution, note });
    }
    case 'Unlink':
      return unlink(command, finding);
    case 'Link': {
      const { by, isPerson, operationId, note } = command;
      if (!isPerson) return refuse({ code: 'person-required' });
      if (findingType !== 'missing_in_ledger')
        return refuse({ code: 'resolution-does-not-fit', resolution: 'relink', findingType });
      if (proposal !== null) return refuse({ code: 'proposal-open', proposalId: proposal.id });
      return accept({ type: 'FindingLinked', by, operationId, note });
    }
    default:
      return assertNever(command);
  }
}

/** Why one person's word can't close the finding; undefined when it can. */
function barredFromResolving(
  resolution: Resolution,
  { findingType, proposal, isGone, corrected }: SeenFinding,
): FindingRefusal | undefined {
  if (!fits(resolution, findingType)) return { code: 'resolution-does-not-fit', resolution, findingType };
  if (movesMoney(resolution)) return { code: 'resolution-needs-two-people', resolution };
  if (resolution === 'relink') return { code: 'relink-needs-operation' };
  if (proposal !== null) return { code: 'proposal-open', proposalId: proposal.id };
  // The money is there twice, and no run would ever look at the finding again.
  return isGone && corrected > 0n ? { code: 'correction-stands', amount: `${corrected}` } : undefined;
}

/** A person's decision stands as long as the facts do; the system's own closing does not bind anybody. */
function observed(command: Extract<FindingCommand, { type: 'Observe' }>, finding: Finding): FindingEvent[] {
  const { findingType, severity, evidence, cause } = command;
  const seen = { findingType, severity, evidence, cause };
  if (finding.status === 'none') return [{ type: 'FindingRaised', ...seen }];
  const { status, isGone } = finding;
  if (status !== 'auto_resolved' && !isGone && finding.evidence === evidence) return [];
  const isBack = isClosed(status) || isGone;
  const voided = voids(finding, cause, 'The difference is another one than it was proposed for');
  return [...voided, { type: isBack ? 'FindingCameBack' : 'FindingFactsChanged', ...seen }];
}

/**
 * The difference is not there any more. What was booked for it is too much now, and is for people to take
 * back; what is being booked can't be stopped, so it is noted for when the ledger answers.
 */
function vanished(cause: string, finding: SeenFinding): FindingEvent[] {
  const { status, proposal, corrected, isGone } = finding;
  if (isGone) return [];
  if (proposal?.stage === 'booking') return [{ type: 'FindingGoneWhileBooking', cause }];
  if (corrected > 0n) {
    const voided =
      proposal?.kind === 'correct' ? voids(finding, cause, 'The difference is gone: it came by itself') : [];
    return [...voided, { type: 'FindingCorrectionSurplus', cause }];
  }
  if (isClosed(status)) return [];
  const voided = voids(finding, cause, 'The difference is gone: it came by itself');
  return [...voided, { type: 'FindingAutoResolved', cause }];
}

/** Ends a proposal that can still be stopped: it was made for other facts. */
function voids({ proposal }: SeenFinding, cause: string, reason: string): FindingEvent[] {
  if (proposal === null || proposal.stage === 'booking') return [];
  return [{ type: 'FindingProposalEnded', proposalId: proposal.id, how: 'voided', by: cause, reason }];
}
