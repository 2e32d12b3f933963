/**
 * A finding's life.
 *
 *   (none) ─ Observe ─► open ─ Acknowledge ─► acknowledged ─ Start ─► in_progress ─ Propose ─► proposed
 *   open | acknowledged | in_progress | proposed | reopened ── Resolve ──► resolved | accepted_risk
 *   open | acknowledged | in_progress | proposed | reopened ── Vanish ──► auto_resolved (it came)
 *   resolved | accepted_risk | auto_resolved ── Reopen, or Observe with other facts ──► reopened
 *   auto_resolved ── Observe ──► reopened (the difference is back)
 */
import { accept, assertNever, type Decision, refuse } from '@defter/kernel';
import type { Finding, FindingCommand, FindingEvent, FindingRefusal, LiveStatus, Seen } from './finding.js';
import { isClosed } from './finding.js';
import { fits, resolutions } from './resolution.js';

/** What a command does to a finding. */
export function decide(command: FindingCommand, finding: Finding): Decision<FindingEvent, FindingRefusal> {
  if (command.type === 'Observe') return accept(...observed(command, finding));
  if (finding.status === 'none')
    return command.type === 'Vanish' ? accept() : refuse({ code: 'finding-unknown' });
  if (command.type === 'Vanish') {
    return isClosed(finding.status)
      ? accept()
      : accept({ type: 'FindingAutoResolved', cause: command.cause });
  }
  if (command.type === 'Reopen') {
    const { by, note } = command;
    if (isClosed(finding.status)) return accept({ type: 'FindingReopened', by, note });
    return refuse({ code: 'finding-not-closed', status: finding.status });
  }
  if (isClosed(finding.status)) return refuse({ code: 'finding-closed', status: finding.status });
  return work(command, { ...finding, status: finding.status });
}

type Work = Extract<FindingCommand, { type: 'Acknowledge' | 'Start' | 'Propose' | 'Resolve' }>;

function work(command: Work, finding: Seen & { status: LiveStatus }): Decision<FindingEvent, FindingRefusal> {
  const { status, findingType } = finding;
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
    case 'Propose':
    case 'Resolve': {
      const { by, resolution, note } = command;
      if (!fits(resolution, findingType))
        return refuse({ code: 'resolution-does-not-fit', resolution, findingType });
      if (command.type === 'Propose') return accept({ type: 'FindingProposed', by, resolution, note });
      if (resolutions[resolution].movesMoney)
        return refuse({ code: 'resolution-needs-two-people', resolution });
      return accept({ type: 'FindingResolved', by, resolution, note });
    }
    default:
      return assertNever(command);
  }
}

/** A person's decision stands as long as the facts do; the system's own closing does not bind anybody. */
function observed(command: Extract<FindingCommand, { type: 'Observe' }>, finding: Finding): FindingEvent[] {
  const { findingType, severity, evidence, cause } = command;
  const seen = { findingType, severity, evidence, cause };
  if (finding.status === 'none') return [{ type: 'FindingRaised', ...seen }];
  if (finding.status === 'auto_resolved') return [{ type: 'FindingCameBack', ...seen }];
  if (finding.evidence === evidence) return [];
  return [{ type: isClosed(finding.status) ? 'FindingCameBack' : 'FindingFactsChanged', ...seen }];
}
