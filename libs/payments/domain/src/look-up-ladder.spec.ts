import { describe, expect, it } from '@jest/globals';
import { nextStep } from './index.js';

const patience = { ladderMs: [60_000, 300_000], pendingMs: 120_000, resendMs: [1_000, 2_000] };
const tried = { sends: 1, lookups: 0, notFound: false };

describe('the next step with an operation', () => {
  it('looks up what is unknown, ever later, then rings the alarm', () => {
    const at = (lookups: number) => nextStep('unknown', { ...tried, lookups }, patience, true);
    expect(at(0)).toEqual({ step: 'look_up', inMs: 60_000 });
    expect(at(1)).toEqual({ step: 'look_up', inMs: 300_000 });
    expect(at(2)).toEqual({ step: 'alarm' });
  });

  it('never sends again what may have arrived', () => {
    expect(nextStep('unknown', { ...tried, notFound: true }, patience, false).step).toBe('look_up');
    expect(nextStep('pending', { ...tried, notFound: true }, patience, true).step).toBe('look_up');
  });

  it('sends again what provably never arrived', () => {
    expect(nextStep('errored', tried, patience, false)).toEqual({ step: 'send', inMs: 1_000 });
    expect(nextStep('unknown', { ...tried, notFound: true }, patience, true)).toEqual({
      step: 'send',
      inMs: 1_000,
    });
    expect(nextStep('errored', { ...tried, sends: 3 }, patience, true)).toEqual({ step: 'alarm' });
  });

  it('gives a pending one time for its webhook', () =>
    expect(nextStep('pending', tried, patience, true)).toEqual({ step: 'look_up', inMs: 120_000 }));

  it('leaves settled ones alone', () =>
    expect(nextStep('declined', tried, patience, true)).toEqual({ step: 'nothing' }));
});
