import type { OperationKind } from '../operations/operation.js';
import type { Scenario, WebhookPlay } from './scenario.js';

/** What follows the colon of a word. With a default it may be left out. */
export interface Parameter {
  readonly name: string;
  readonly pattern: RegExp;
  /** Completes "must be …". */
  readonly expected: string;
  readonly fallback?: string;
}

/** A part of a scenario: one axis, or one trait of the webhooks. */
export interface Play extends Partial<Pick<Scenario, 'outcome' | 'answer'>> {
  readonly webhook?: Partial<WebhookPlay>;
}

export interface ScenarioRow {
  readonly word: string;
  /** Two words of one axis contradict each other. */
  readonly axis: string;
  readonly kinds: readonly OperationKind[];
  readonly parameter?: Parameter;
  /**
   * Amounts that end in these two digits play it (with the parameter's default), unless metadata names a
   * scenario.
   */
  readonly amountEnding?: string;
  readonly meaning: string;
  readonly play: (parameter: string) => Play;
}

const every: readonly OperationKind[] = ['charge', 'refund', 'payout'];
const code = (fallback: string): Parameter => ({
  name: 'code',
  pattern: /^[a-z][a-z0-9_]{0,39}$/,
  expected: 'lower-case letters, digits and _',
  fallback,
});
const count = (fallback: string): Parameter => ({
  name: 'n',
  pattern: /^[1-9][0-9]?$/,
  expected: 'a number from 1 to 99',
  fallback,
});
const milliseconds = (fallback: string): Parameter => ({
  name: 'ms',
  pattern: /^(?:0|[1-9][0-9]{0,6})$/,
  expected: 'milliseconds from 0 to 9999999',
  fallback,
});
const whole = (digits: string): number => Number.parseInt(digits, 10);

/**
 * Every scenario there is. `docs/reference/mock-provider.md` is generated from this table (`write-docs.ts`).
 * The endings avoid those of usual prices (00, 25, 50, 90, 95, 99).
 */
export const scenarioTable: readonly ScenarioRow[] = [
  {
    ...{ word: 'approve', axis: 'outcome', kinds: every },
    meaning: 'Answered `pending`; a webhook brings the success a moment later. The default.',
    play: () => ({ outcome: { type: 'approve' } }),
  },
  {
    ...{ word: 'instant', axis: 'outcome', kinds: every, amountEnding: '61' },
    meaning: 'Answered `succeeded` at once; the webhook comes too.',
    play: () => ({ outcome: { type: 'instant' } }),
  },
  {
    ...{
      word: 'decline',
      axis: 'outcome',
      kinds: every,
      amountEnding: '62',
      parameter: code('do_not_honor'),
    },
    meaning: 'Answered `declined` with the code; charges and payouts also get their `…_failed` webhook.',
    play: (given) => ({ outcome: { type: 'decline', code: given } }),
  },
  {
    ...{ word: 'payout.decline', axis: 'outcome', kinds: ['payout'], amountEnding: '63' },
    parameter: code('account_closed'),
    meaning: 'Answered `pending`; the bank refuses it later: `failed`, webhook `withdraw_failed`.',
    play: (given) => ({ outcome: { type: 'payout-decline', code: given } }),
  },
  {
    ...{ word: 'payout.returned', axis: 'outcome', kinds: ['payout'], amountEnding: '64' },
    meaning: 'Paid (`withdraw_paid`), then sent back by the bank (`withdraw_returned`).',
    play: () => ({ outcome: { type: 'payout-returned' } }),
  },
  {
    ...{
      word: 'answer.timeout_before',
      axis: 'answer',
      kinds: every,
      amountEnding: '65',
      parameter: count('1'),
    },
    meaning: 'The first n calls are lost: never booked, never answered. Look-up says 404.',
    play: (given) => ({ answer: { type: 'timeout-before', times: whole(given) } }),
  },
  {
    ...{ word: 'answer.timeout_after', axis: 'answer', kinds: every, amountEnding: '66' },
    meaning:
      'Booked, but the first call is never answered. Repeating it, look-up and webhook tell the truth.',
    play: () => ({ answer: { type: 'timeout-after' } }),
  },
  {
    ...{ word: 'answer.500_after', axis: 'answer', kinds: every, amountEnding: '67' },
    meaning:
      'Booked, but the first call is answered with 500. Repeating it, look-up and webhook tell the truth.',
    play: () => ({ answer: { type: 'error-after' } }),
  },
  {
    ...{ word: 'answer.wrong_amount', axis: 'answer', kinds: every, amountEnding: '68' },
    meaning: 'The answer repeats an amount one unit too high. Look-up and webhook say the right one.',
    play: () => ({ answer: { type: 'wrong-amount' } }),
  },
  {
    ...{ word: 'webhook.duplicate', axis: 'copies', kinds: every, amountEnding: '71', parameter: count('3') },
    meaning: 'Each webhook is sent n times more: same id, same bytes, newly signed.',
    play: (given) => ({ webhook: { duplicates: whole(given) } }),
  },
  {
    ...{
      word: 'webhook.delay',
      axis: 'delay',
      kinds: every,
      amountEnding: '72',
      parameter: milliseconds('1000'),
    },
    meaning: 'Each webhook is sent so much later than what it reports.',
    play: (given) => ({ webhook: { delayMs: whole(given) } }),
  },
  {
    ...{ word: 'webhook.reorder', axis: 'order', kinds: every, amountEnding: '73' },
    meaning:
      'The operation’s webhooks go out in reverse; a single one is held back, so that others overtake it.',
    play: () => ({ webhook: { reorder: true } }),
  },
  {
    ...{ word: 'webhook.drop', axis: 'loss', kinds: every, amountEnding: '74' },
    meaning: 'No webhook is ever sent: only look-up and settlement file tell.',
    play: () => ({ webhook: { drop: true } }),
  },
  {
    ...{ word: 'webhook.bad_signature', axis: 'signature', kinds: every, amountEnding: '75' },
    meaning: 'Webhooks are signed with a key nobody has, sent until something answers, and not repeated.',
    play: () => ({ webhook: { badSignature: true } }),
  },
];
