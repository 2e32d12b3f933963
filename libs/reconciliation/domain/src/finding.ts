import type { FindingType, Severity } from './finding-type.js';
import type { OpenProposal, ProposalCommand, ProposalEvent, ProposalRefusal } from './proposal.js';
import type { Resolution } from './resolution.js';

export type LiveStatus = 'open' | 'acknowledged' | 'in_progress' | 'proposed' | 'reopened';
export type ClosedStatus = 'resolved' | 'accepted_risk' | 'auto_resolved';
export type FindingStatus = LiveStatus | ClosedStatus;

/** What was seen: `evidence` is a digest of the facts, so that changed facts are noticed. */
export interface Seen {
  readonly findingType: FindingType;
  readonly severity: Severity;
  readonly evidence: string;
}

/** A finding that somebody or something has seen. */
export interface SeenFinding extends Seen {
  readonly status: FindingStatus;
  /** What two people are deciding about; there exactly in status `proposed`. */
  readonly proposal: OpenProposal | null;
  /** What was booked for this finding and not taken back, in the smallest unit. */
  readonly corrected: bigint;
  /** The difference isn't seen any more, though something was booked or is being booked for it. */
  readonly isGone: boolean;
}

export type Finding = { readonly status: 'none' } | SeenFinding;

/** `by` is a person or machine; `cause` names the run or message that saw it. */
export type FindingCommand =
  | (Seen & { readonly type: 'Observe'; readonly cause: string })
  | { readonly type: 'Vanish'; readonly cause: string }
  | { readonly type: 'Acknowledge' | 'Start'; readonly by: string }
  | {
      readonly type: 'Resolve';
      readonly by: string;
      readonly resolution: Resolution;
      readonly note: string;
    }
  | { readonly type: 'Reopen'; readonly by: string; readonly note: string }
  | {
      readonly type: 'Link' | 'Unlink';
      readonly by: string;
      readonly isPerson: boolean;
      readonly operationId: string;
      readonly note: string;
    }
  | ProposalCommand;

export type FindingEvent =
  | (Seen & { readonly type: 'FindingRaised'; readonly cause: string })
  | (Seen & { readonly type: 'FindingFactsChanged'; readonly cause: string })
  | (Seen & { readonly type: 'FindingCameBack'; readonly cause: string })
  | { readonly type: 'FindingAutoResolved'; readonly cause: string }
  | { readonly type: 'FindingAcknowledged' | 'FindingStarted'; readonly by: string }
  | {
      readonly type: 'FindingResolved';
      readonly by: string;
      readonly resolution: Resolution;
      readonly note: string;
    }
  | { readonly type: 'FindingReopened'; readonly by: string; readonly note: string }
  /** A person says which operation the line is, or that it isn't; the next run takes their word. */
  | {
      readonly type: 'FindingLinked' | 'FindingUnlinked';
      readonly by: string;
      readonly operationId: string;
      readonly note: string;
    }
  | ProposalEvent;

export type FindingRefusal =
  | { readonly code: 'finding-unknown' }
  | { readonly code: 'finding-closed'; readonly status: ClosedStatus }
  | { readonly code: 'finding-not-closed'; readonly status: LiveStatus }
  | { readonly code: 'finding-in-other-state'; readonly status: LiveStatus }
  | {
      readonly code: 'resolution-does-not-fit';
      readonly resolution: Resolution;
      readonly findingType: FindingType;
    }
  | { readonly code: 'resolution-needs-two-people'; readonly resolution: Resolution }
  | { readonly code: 'relink-needs-operation' }
  /** What was booked corrects nothing any more. */
  | { readonly code: 'correction-stands'; readonly amount: string }
  | ProposalRefusal;

export const noFinding: Finding = { status: 'none' };

const closed: ReadonlySet<string> = new Set(['resolved', 'accepted_risk', 'auto_resolved']);

/** Whether nobody has to do anything about it any more. */
export const isClosed = (status: FindingStatus): status is ClosedStatus => closed.has(status);
