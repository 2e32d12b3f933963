import { describe, expect, it } from '@jest/globals';
import { differences } from './reconciling.js';
import { foundFigures } from './story.js';

const injected = [
  { kind: 'missing', operationId: 'op_1', expected: 'missing_at_psp' },
  { kind: 'wrong_fee', operationId: 'op_2', expected: 'fee_mismatch' },
];
const finding = (finding_type: string, tx_id: string) => ({ finding_type, tx_id });
const all = [
  ...[finding('missing_at_psp', 'op_1'), finding('fee_mismatch', 'op_2')],
  finding('payout_returned', 'op_9'),
];
const saidOf = (findings: typeof all) => {
  const compared = differences({ injected, findings }, ['op_9']);
  return { compared, said: foundFigures({ injected, findings }, 1, compared) };
};

describe('what the demo says of findings', () => {
  it('counts a payout that came back apart from the faults', () => {
    const { compared, said } = saidOf(all);
    expect(compared).toEqual({ missed: [], invented: [], wanted: 3 });
    expect(said).toBe('3 found: 2 faults injected, 1 payout that came back');
  });

  it('names what was missed, what nobody injected, and what is there twice', () => {
    const [first, , third] = all;
    if (first === undefined || third === undefined) throw new Error('no findings');
    const { compared, said } = saidOf([first, first, third, finding('orphan_event', 'op_3')]);
    expect(compared).toEqual({
      missed: ['fee_mismatch op_2'],
      invented: ['missing_at_psp op_1', 'orphan_event op_3'],
      wanted: 3,
    });
    expect(said).toBe(
      '4 found, not 3: 2 faults injected, 1 payout that came back; missed fee_mismatch op_2; ' +
        'unexpected missing_at_psp op_1; unexpected orphan_event op_3',
    );
  });
});
