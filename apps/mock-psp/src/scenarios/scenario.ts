import type { OperationKind } from '../operations/operation.js';

/** What becomes of the operation. */
export type Outcome =
  | { readonly type: 'approve' }
  | { readonly type: 'instant' }
  | { readonly type: 'decline'; readonly code: string }
  | { readonly type: 'payout-decline'; readonly code: string }
  | { readonly type: 'payout-returned' };

/** What the caller hears. `before` and `after` are about the moment when the operation enters the book. */
export type AnswerPlay =
  | { readonly type: 'normal' }
  | { readonly type: 'timeout-before'; readonly times: number }
  | { readonly type: 'timeout-after' }
  | { readonly type: 'error-after' }
  | { readonly type: 'wrong-amount' };

/** How the webhooks of the operation travel. */
export interface WebhookPlay {
  /** Sent so many times more than once. */
  readonly duplicates: number;
  readonly delayMs: number;
  readonly reorder: boolean;
  readonly drop: boolean;
  readonly badSignature: boolean;
}

/** One choice on each axis; axes combine freely. */
export interface Scenario {
  readonly outcome: Outcome;
  readonly answer: AnswerPlay;
  readonly webhook: WebhookPlay;
}

export const plainScenario: Scenario = {
  outcome: { type: 'approve' },
  answer: { type: 'normal' },
  webhook: { duplicates: 0, delayMs: 0, reorder: false, drop: false, badSignature: false },
};

export type ScenarioRefusal =
  | { readonly code: 'scenario-unknown'; readonly word: string; readonly known: readonly string[] }
  | { readonly code: 'scenario-parameter-wrong'; readonly word: string; readonly expected: string }
  | { readonly code: 'scenario-conflict'; readonly word: string; readonly with: string }
  | { readonly code: 'scenario-not-for-kind'; readonly word: string; readonly kind: OperationKind };
