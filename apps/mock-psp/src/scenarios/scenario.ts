import type { FaultKind } from '../book/book-event.wire.js';
import type { Flaw, OperationKind } from '../operations/operation.js';

/** What becomes of the operation. */
export type Outcome =
  | { readonly type: 'approve'; readonly afterMs?: number }
  | { readonly type: 'instant' }
  | { readonly type: 'decline'; readonly code: string }
  | { readonly type: 'partial'; readonly percent: bigint }
  | { readonly type: 'challenge' }
  | { readonly type: 'later-decline'; readonly code: string }
  | { readonly type: 'never' }
  | { readonly type: 'payout-returned' }
  | { readonly type: 'partial-batch'; readonly percent: number };

/** What the caller hears. `before` and `after` are about the moment when the operation enters the book. */
export type AnswerPlay =
  | { readonly type: 'normal' }
  | { readonly type: 'delay'; readonly ms: number }
  | { readonly type: 'timeout-before'; readonly times: number }
  | { readonly type: 'timeout-after' }
  | { readonly type: 'error-after' }
  | { readonly type: 'malformed' }
  | { readonly type: 'wrong-amount' }
  | { readonly type: 'wrong-currency' }
  | { readonly type: 'duplicate-reference' };

/** How the webhooks of the operation travel. */
export interface WebhookPlay {
  /** Sent so many times more than once. */
  readonly duplicates: number;
  readonly delayMs: number;
  readonly reorder: boolean;
  readonly drop: boolean;
  readonly flaw: Flaw | null;
  /** So many events in one request: this one and those before it. */
  readonly batch: number;
}

/** A word as it was played, for the ground truth. */
export interface PlayedWord {
  readonly axis: string;
  readonly word: string;
  readonly parameter: string;
}

/** One choice on each axis; axes combine freely. */
export interface Scenario {
  readonly outcome: Outcome;
  readonly answer: AnswerPlay;
  readonly webhook: WebhookPlay;
  /** A lie of the settlement file or the bank about this operation. */
  readonly report: FaultKind | null;
  readonly words: readonly PlayedWord[];
}

export const plainScenario: Scenario = {
  outcome: { type: 'approve' },
  answer: { type: 'normal' },
  webhook: { duplicates: 0, delayMs: 0, reorder: false, drop: false, flaw: null, batch: 1 },
  report: null,
  words: [],
};

export type ScenarioRefusal =
  | { readonly code: 'instrument-unknown'; readonly known: readonly string[] }
  | { readonly code: 'scenario-unknown'; readonly word: string; readonly known: readonly string[] }
  | { readonly code: 'scenario-parameter-wrong'; readonly word: string; readonly expected: string }
  | { readonly code: 'scenario-conflict'; readonly word: string; readonly with: string }
  | { readonly code: 'scenario-not-for-kind'; readonly word: string; readonly kind: OperationKind };
