import { every, milliseconds, type ScenarioRow, whole, wholeOf } from './scenario-row.js';

const answer = { axis: 'answer', trait: 'answer', kinds: every } as const;

/** What callers hear. */
export const answerRows: readonly ScenarioRow[] = [
  {
    ...{ ...answer, word: 'delay', ending: '58', parameter: milliseconds(1_000) },
    meaning: 'The answer comes so much later; the operation is booked at once.',
    play: (given) => ({ answer: { type: 'delay', ms: wholeOf(given) } }),
  },
  {
    ...{ ...answer, word: 'timeout_before', ending: '65', parameter: whole('n', [1, 99], 1) },
    meaning: 'The first n calls are lost: never booked, never answered. Look-up says 404.',
    play: (given) => ({ answer: { type: 'timeout-before', times: wholeOf(given) } }),
  },
  {
    ...{ ...answer, word: 'timeout_after', ending: '66' },
    meaning:
      'Booked, but the first call is never answered. Repeating it, look-up and webhook tell the truth.',
    play: () => ({ answer: { type: 'timeout-after' } }),
  },
  {
    ...{ ...answer, word: '500_after', ending: '67' },
    meaning:
      'Booked, but the first call is answered with 500. Repeating it, look-up and webhook tell the truth.',
    play: () => ({ answer: { type: 'error-after' } }),
  },
  {
    ...{ ...answer, word: 'malformed', ending: '59' },
    meaning: 'Booked, but the first answer is JSON that breaks off in the middle.',
    play: () => ({ answer: { type: 'malformed' } }),
  },
  {
    ...{ ...answer, word: 'wrong_amount', ending: '68' },
    meaning: 'The answer repeats an amount one unit too high. Look-up and webhook say the right one.',
    play: () => ({ answer: { type: 'wrong-amount' } }),
  },
  {
    ...{ ...answer, word: 'wrong_currency', ending: '69' },
    meaning: 'The answer repeats another currency. Look-up and webhook say the right one.',
    play: () => ({ answer: { type: 'wrong-currency' } }),
  },
  {
    ...{ ...answer, word: 'duplicate_reference', ending: '60' },
    meaning:
      'The answer has the `id` of the connection’s operation before (`mp_duplicate` where there is none).',
    play: () => ({ answer: { type: 'duplicate-reference' } }),
  },
];
