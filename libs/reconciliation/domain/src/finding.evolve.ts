import type { Finding, FindingEvent, FindingStatus, Seen } from './finding.js';

/** Events that only move the status; leaving one out doesn't compile. */
const statusAfter = {
  FindingAutoResolved: 'auto_resolved',
  FindingAcknowledged: 'acknowledged',
  FindingStarted: 'in_progress',
  FindingProposed: 'proposed',
  FindingReopened: 'reopened',
} as const satisfies Partial<Record<FindingEvent['type'], FindingStatus>>;

/** The finding after an event. */
export function evolve(finding: Finding, event: FindingEvent): Finding {
  switch (event.type) {
    case 'FindingRaised':
      return seenIn('open', event);
    case 'FindingCameBack':
      return seenIn('reopened', event);
    case 'FindingFactsChanged':
      return finding.status === 'none' ? finding : seenIn(finding.status, event);
    case 'FindingResolved':
      return to(event.resolution === 'accepted_risk' ? 'accepted_risk' : 'resolved', finding);
    default:
      return to(statusAfter[event.type], finding);
  }
}

const seenIn = (status: FindingStatus, { findingType, severity, evidence }: Seen): Finding => ({
  ...{ status, findingType, severity, evidence },
});

const to = (status: FindingStatus, finding: Finding): Finding =>
  finding.status === 'none' ? finding : { ...finding, status };
