import type { Flaw } from '../operations/operation.js';
import { every, milliseconds, type ScenarioRow, whole, wholeOf } from './scenario-row.js';

const webhook = { axis: 'webhook', kinds: every } as const;
const flaw = (word: Flaw, ending: string, meaning: string): ScenarioRow => ({
  ...{ ...webhook, trait: 'flaw', word, ending, meaning },
  play: () => ({ webhook: { flaw: word } }),
});

/** How webhooks travel. What a flaw replaces is sent until something answers below 500, and not repeated. */
export const webhookRows: readonly ScenarioRow[] = [
  {
    ...{ ...webhook, word: 'duplicate', trait: 'copies', ending: '71', parameter: whole('n', [1, 99], 3) },
    meaning: 'Each webhook is sent n times more: same id, same bytes, newly signed.',
    play: (given) => ({ webhook: { duplicates: wholeOf(given) } }),
  },
  {
    ...{ ...webhook, word: 'delay', trait: 'delay', ending: '72', parameter: milliseconds(1_000) },
    meaning: 'Each webhook is sent so much later than what it reports.',
    play: (given) => ({ webhook: { delayMs: wholeOf(given) } }),
  },
  {
    ...{ ...webhook, word: 'reorder', trait: 'order', ending: '73' },
    meaning:
      'The operation’s webhooks go out in reverse; a single one is held back, so that others overtake it.',
    play: () => ({ webhook: { reorder: true } }),
  },
  {
    ...{ ...webhook, word: 'drop', trait: 'loss', ending: '74' },
    meaning: 'No webhook is ever sent: only look-up and settlement file tell.',
    play: () => ({ webhook: { drop: true } }),
  },
  {
    ...{ ...webhook, word: 'batch', trait: 'batch', ending: '76', parameter: whole('n', [2, 99], 3) },
    meaning:
      'One request tells n events: this one, and again the last ones of the n − 1 operations before it. ' +
      'Dialects without batches send one.',
    play: (given) => ({ webhook: { batch: wholeOf(given) } }),
  },
  flaw('bad_signature', '75', 'Signed with a key that nobody has, in place of the true webhook.'),
  flaw('old_time', '77', 'The signed time is an hour ago, in place of the true webhook.'),
  flaw('future_time', '78', 'The signed time is in an hour, in place of the true webhook.'),
  flaw(
    'unsigned_field',
    '79',
    'What the signature doesn’t cover lies: headers (mock, Stripe), `eventDate` and `reason` (Adyen), ' +
      '`iyziReferenceCode` and `paidPrice` (iyzico), `payment_amount` and `currency` (PayTR). ' +
      'The signature is valid.',
  ),
  flaw(
    'boundary_shift',
    '80',
    'A character moves from one signed field to the next, in place of the true webhook. iyzico and PayTR ' +
      'have no separators there: the signature stays valid. Adyen: valid if the operation id has a colon.',
  ),
  flaw('unknown_type', '81', 'Before the true webhook comes one of a type that nobody knows.'),
  flaw('huge', '82', 'Padded to more than 2 MB, in place of the true webhook.'),
  flaw(
    'other_content',
    '83',
    'After the true webhook comes another with its id and an amount one unit higher.',
  ),
];
