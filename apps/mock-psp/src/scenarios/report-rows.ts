import type { FaultKind } from '../book/book-event.wire.js';
import { moving, type ScenarioRow } from './scenario-row.js';

const report = (word: string, kind: FaultKind, ending: string, meaning: string): ScenarioRow => ({
  ...{ axis: 'report', trait: 'report', kinds: moving, word, ending, meaning },
  play: () => ({ report: kind }),
});

/** How settlement files and the bank lie about an operation. */
export const reportRows: readonly ScenarioRow[] = [
  report('missing', 'missing', '84', 'Its line is missing.'),
  report('extra', 'extra', '85', 'Beside it stands a charge that nobody made.'),
  report('duplicate', 'duplicate_line', '86', 'Its line stands there twice.'),
  report('wrong_amount', 'wrong_amount', '87', 'Its line has a gross amount that is too high.'),
  report('wrong_fee', 'wrong_fee', '88', 'Its line has a fee that is too high.'),
  report('wrong_currency', 'wrong_currency', '89', 'Its line has another currency.'),
  report('late', 'late', '91', 'Its line stands in the file of the next business date.'),
  report(
    'reissued',
    'reissued',
    '92',
    'Its line has a wrong amount for an hour; then the file is issued again with the right one.',
  ),
  report('split_batch', 'split_batch', '93', 'The bank credits its settlement in two parts.'),
  report(
    'day_edge',
    'day_edge',
    '94',
    'Its line says that it happened at the first moment of the next business date, and stands in that file.',
  ),
];
