import { describe, expect, it } from '@jest/globals';
import {
  type Doubt,
  type Explanation,
  explanationOf,
  type FindingThen,
  isOfBatch,
  withExplanations,
} from './explanation.js';

const finding = (changes: Partial<FindingThen> = {}): FindingThen => ({
  ...{ finding: 'fnd_1', type: 'amount_mismatch', status: 'open', resolution: null, by: 'k_ayse@test' },
  ...{ corrected: '0', correctedBy: null, transactionId: null, ...changes },
});
const doubt = (...findings: readonly FindingThen[]): Doubt => ({
  ...{ what: 'line', on: '2026-01-31', provider: 'p', connection: 'c', name: 'batch', currency: 'TRY' },
  ...{ minor: '100', isUnmatched: false, findings },
});
const booked = { correctedBy: 'write_off', transactionId: '7' } as const;

describe('what people have explained of a doubt', () => {
  it('is nothing while its finding is open', () => {
    expect(explanationOf(doubt())).toBeUndefined();
    for (const status of ['open', 'acknowledged', 'in_progress', 'proposed', 'reopened'] as const)
      expect(explanationOf(doubt(finding({ status })))).toBeUndefined();
    expect(explanationOf(doubt(finding({ status: 'auto_resolved' })))).toBeUndefined();
  });

  it('is all of it once a person has closed the finding', () => {
    const accepted = finding({ status: 'accepted_risk', resolution: 'accepted_risk' });
    expect(explanationOf(doubt(accepted))).toMatchObject({
      ...{ finding: 'fnd_1', how: 'accepted_risk', by: 'k_ayse@test', minor: '100', isWhole: true },
    });
  });

  it('is what was booked, as long as that is not more than the doubt', () => {
    const of = (corrected: string) => explanationOf(doubt(finding({ ...booked, corrected })));
    expect(of('99')).toMatchObject({ how: 'write_off', transactionId: '7', minor: '99', isWhole: false });
    expect(of('100')).toMatchObject({ minor: '100', isWhole: true });
    // A new report says less now: what was booked is another difference's, and people have to look.
    expect(of('101')).toBeUndefined();
  });

  it('is not all of it while another finding about the same line is open', () => {
    const accepted = finding({ status: 'accepted_risk', resolution: 'accepted_risk' });
    expect(explanationOf(doubt(accepted, finding({ finding: 'fnd_2' })))).toBeUndefined();
    const gone = finding({ finding: 'fnd_2', status: 'auto_resolved' });
    expect(explanationOf(doubt(gone, accepted))).toMatchObject({ finding: 'fnd_1', isWhole: true });
  });
});

describe('figures with what people have explained', () => {
  const batch = {
    ...{ on: '2026-01-31', provider: 'p', connection: 'c', currency: 'TRY', batch: 'batch' },
    ...{ unmatchedLines: 2, unmatchedMinor: '3000', explainedMinor: '125' },
    ...{ unexplainedLines: 3, unexplainedMinor: '300' },
  };
  const part = explanationOf(doubt(finding({ ...booked, corrected: '40' }))) as Explanation;
  const whole: Explanation = { ...part, minor: '100', isWhole: true };
  const line: Explanation = { ...part, isUnmatched: true, minor: '1000', isWhole: true };

  it('move it from doubt to explained; the sum stays', () => {
    const after = withExplanations(batch, [part, whole, line], isOfBatch);
    expect(after).toMatchObject({
      ...{ unmatchedLines: 1, unmatchedMinor: '2000', explainedMinor: '1265' },
      ...{ unexplainedLines: 2, unexplainedMinor: '160' },
    });
  });

  it('take only what is about them', () => {
    const others: Explanation[] = [
      ...[
        { ...whole, name: 'other' },
        { ...whole, on: '2026-01-30' },
        { ...whole, currency: 'EUR' },
      ],
      ...[
        { ...whole, connection: 'd' },
        { ...whole, what: 'settlement' as const },
      ],
    ];
    expect(withExplanations(batch, others, isOfBatch)).toEqual(batch);
  });
});
