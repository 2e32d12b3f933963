/**
 * A finding's life.
 *
 *   (none) ── Observe ──► open ── Acknowledge ──► acknowledged ── Start ──► in_progress ── Propose ──► proposed
 *   open | acknowledged | in_progress | proposed | reopened ── Resolve ──► resolved | accepted_risk
 *   open | acknowledged | in_progress | proposed | reopened ── Vanish ──► auto_resolved   (the missing side came)
 *   resolved | accepted_risk | auto_resolved ── Reopen, or Observe with other facts ──► reopened
 *   auto_resolved ── Observe ──► reopened                                               (the difference is back)
 */
import { accept, assertNever, type Decision, refuse } from '@defter/kernel';
import type { FindingType, Severity } from './finding-type.js';
import { fits, type Resolution, resolutions } from './resolution.js';

export type LiveStatus = 'open' | 'acknowledged' | 'in_progress' | 'proposed' | 'reopened';
export type ClosedStatus = 'resolved' | 'accepted_risk' | 'auto_resolved';
export type FindingStatus = LiveStatus | ClosedStatus;

/** What was seen: `evidence` is a digest of the facts, so that changed facts are noticed. */
interface Seen {
  readonly findingType: FindingType;
  readonly severity: Severity;
  readonly evidence: string;
}

export type Finding = { readonly status: 'none' } | (Seen & { readonly status: FindingStatus });

/** `by` is a person or machine; `cause` names the run or message that saw it. */
export type FindingCommand =
  | (Seen & { readonly type: 'Observe'; readonly cause: string })
  | { readonly type: 'Vanish'; readonly cause: string }
  | { readonly type: 'Acknowledge' | 'Start'; readonly by: string }
  | { readonly type: 'Propose' | 'Resolve'; readonly by: string; readonly resolution: Resolution; readonly note: string }
  | { readonly type: 'Reopen'; readonly by: string; readonly note: string };

export type FindingEvent =
  | (Seen & { readonly type: 'FindingRaised'; readonly cause: string })
  | (Seen & { readonly type: 'FindingFactsChanged'; readonly cause: string })
  | (Seen & { readonly type: 'FindingCameBack'; readonly cause: string })
  | { readonly type: 'FindingAutoResolved'; readonly cause: string }
  | { readonly type: 'FindingAcknowledged' | 'FindingStarted'; readonly by: string }
  | {
      readonly type: 'FindingProposed' | 'FindingResolved';
      readonly by: string;
      readonly resolution: Resolution;
      readonly note: string;
    }
  | { readonly type: 'FindingReopened'; readonly by: string; readonly note: string };

export type FindingRefusal =
  | { readonly code: 'finding-unknown' }
  | { readonly code: 'finding-closed'; readonly status: ClosedStatus }
  | { readonly code: 'finding-not-closed'; readonly status: LiveStatus }
  | { readonly code: 'finding-in-other-state'; readonly status: LiveStatus }
  | { readonly code: 'resolution-does-not-fit'; readonly resolution: Resolution; readonly findingType: FindingType }
  | { readonly code: 'resolution-needs-two-people'; readonly resolution: Resolution };

export const noFinding: Finding = { status: 'none' };

const closed: ReadonlySet<string> = new Set(['resolved', 'accepted_risk', 'auto_resolved']);

/** Whether nobody has to do anything about it any more. */
export const isClosed = (status: FindingStatus): status is ClosedStatus => closed.has(status);

export function decide(command: FindingCommand, finding: Finding): Decision<FindingEvent, FindingRefusal> {
  if (command.type === 'Observe') return accept(...observed(command, finding));
  if (finding.status === 'none') return command.type === 'Vanish' ? accept() : refuse({ code: 'finding-unknown' });
  if (command.type === 'Vanish') {
    return isClosed(finding.status) ? accept() : accept({ type: 'FindingAutoResolved', cause: command.cause });
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
      if (status !== 'open' && status !== 'reopened') return refuse({ code: 'finding-in-other-state', status });
      return accept({ type: 'FindingAcknowledged', by: command.by });
    }
    case 'Start': {
      if (status === 'in_progress' || status === 'proposed') return refuse({ code: 'finding-in-other-state', status });
      return accept({ type: 'FindingStarted', by: command.by });
    }
    case 'Propose':
    case 'Resolve': {
      const { by, resolution, note } = command;
      if (!fits(resolution, findingType)) return refuse({ code: 'resolution-does-not-fit', resolution, findingType });
      if (command.type === 'Propose') return accept({ type: 'FindingProposed', by, resolution, note });
      if (resolutions[resolution].movesMoney) return refuse({ code: 'resolution-needs-two-people', resolution });
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

export function evolve(finding: Finding, event: FindingEvent): Finding {
  switch (event.type) {
    case 'FindingRaised':
      return seenIn('open', event);
    case 'FindingCameBack':
      return seenIn('reopened', event);
    case 'FindingFactsChanged':
      return finding.status === 'none' ? finding : seenIn(finding.status, event);
    case 'FindingAutoResolved':
      return to('auto_resolved', finding);
    case 'FindingAcknowledged':
      return to('acknowledged', finding);
    case 'FindingStarted':
      return to('in_progress', finding);
    case 'FindingProposed':
      return to('proposed', finding);
    case 'FindingResolved':
      return to(event.resolution === 'accepted_risk' ? 'accepted_risk' : 'resolved', finding);
    case 'FindingReopened':
      return to('reopened', finding);
    default:
      return assertNever(event);
  }
}

const seenIn = (status: FindingStatus, { findingType, severity, evidence }: Seen): Finding => ({
  ...{ status, findingType, severity, evidence },
});

const to = (status: FindingStatus, finding: Finding): Finding =>
  finding.status === 'none' ? finding : { ...finding, status };
