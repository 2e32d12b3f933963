import { code, every, milliseconds, paying, type ScenarioRow, whole, wholeOf } from './scenario-row.js';

const outcome = { axis: 'outcome', trait: 'outcome' } as const;
const payout = { axis: 'payout', trait: 'outcome', kinds: ['payout'] } as const;

/** What becomes of operations. */
export const outcomeRows: readonly ScenarioRow[] = [
  {
    ...{ ...outcome, word: 'approve', kinds: every },
    meaning: 'Answered `pending`; a webhook brings the success a moment later. The default.',
    play: () => ({ outcome: { type: 'approve' } }),
  },
  {
    ...{ ...outcome, word: 'instant', kinds: every, ending: '61' },
    meaning: 'Answered `succeeded` at once; the webhook comes too.',
    play: () => ({ outcome: { type: 'instant' } }),
  },
  {
    ...{ ...outcome, word: 'decline', kinds: every, ending: '62', parameter: code('do_not_honor') },
    meaning: 'Answered `declined` with the code; a `…_failed` webhook tells it too.',
    play: (given) => ({ outcome: { type: 'decline', code: given } }),
  },
  {
    ...{ ...outcome, word: 'partial', kinds: paying, ending: '51', parameter: whole('percent', [1, 99], 50) },
    meaning: 'Only so much of the amount (rounded down, at least 1) is approved, and repeated as `amount`.',
    play: (given) => ({ outcome: { type: 'partial', percent: BigInt(given) } }),
  },
  {
    ...{ ...outcome, word: 'challenge', kinds: paying, ending: '52' },
    meaning:
      'Answered `pending` with a `next_action`: a page where the payer approves, declines or walks away. ' +
      'Declined after 15 minutes without a decision.',
    play: () => ({ outcome: { type: 'challenge' } }),
  },
  {
    ...{ ...outcome, word: 'pending_approve', kinds: every, ending: '53', parameter: milliseconds(60_000) },
    meaning: 'Answered `pending`; succeeds so much later.',
    play: (given) => ({ outcome: { type: 'approve', afterMs: wholeOf(given) } }),
  },
  {
    ...{ ...outcome, word: 'pending_decline', kinds: every, ending: '54', parameter: code('do_not_honor') },
    meaning: 'Answered `pending`; refused a moment later (payouts: `failed`).',
    play: (given) => ({ outcome: { type: 'later-decline', code: given } }),
  },
  {
    ...{ ...outcome, word: 'pending_forever', kinds: every, ending: '55' },
    meaning: 'Answered `pending`, and so it stays. No webhook.',
    play: () => ({ outcome: { type: 'never' } }),
  },
];

/** What becomes of payouts only; an outcome beside it contradicts. */
export const payoutRows: readonly ScenarioRow[] = [
  {
    ...{ ...payout, word: 'decline', ending: '63', parameter: code('account_closed') },
    meaning: 'Answered `pending`; the bank refuses it later: `failed`, webhook `withdraw_failed`.',
    play: (given) => ({ outcome: { type: 'later-decline', code: given } }),
  },
  {
    ...{ ...payout, word: 'returned', ending: '64' },
    meaning: 'Paid (`withdraw_paid`), then sent back by the bank (`withdraw_returned`).',
    play: () => ({ outcome: { type: 'payout-returned' } }),
  },
  {
    ...{ ...payout, word: 'stuck', ending: '56' },
    meaning: 'Answered `pending`, and so it stays: the bank says nothing.',
    play: () => ({ outcome: { type: 'never' } }),
  },
  {
    ...{ ...payout, word: 'partial_batch', ending: '57', parameter: whole('percent', [1, 99], 50) },
    meaning:
      'The bank takes only a part of the batch: about so many in a hundred of such payouts, chosen by seed ' +
      'and id, fail with `batch_partly_rejected`; the others are paid.',
    play: (given) => ({ outcome: { type: 'partial-batch', percent: wholeOf(given) } }),
  },
];
