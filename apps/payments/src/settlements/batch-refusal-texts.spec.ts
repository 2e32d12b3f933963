import { describe, expect, it } from '@jest/globals';
import { amountText, reasonOf } from './batch-refusal-texts.js';

describe('the text of a finding', () => {
  it.each([
    [975n, 'TRY', '9.75 TRY'],
    [-5n, 'TRY', '-0.05 TRY'],
    [975n, 'JPY', '975 JPY'],
    [1n, 'KWD', '0.001 KWD'],
    [0n, 'EUR', '0.00 EUR'],
  ])('says %s minor units of %s as people read them', (minor, currency, text) =>
    expect(amountText(minor, currency)).toBe(text),
  );

  it('says of each end what comes next, and doesn’t deny that a reverted one was booked', () => {
    const of = (how: 'rejected' | 'withdrawn' | 'refused' | 'reverted') =>
      reasonOf({ code: 'settlement-ended', settlementId: 'st_1', amountMinor: 975n, how }, 'TRY');
    expect(of('rejected')).toBe(
      'settlement st_1 of it, of 9.75 TRY, was rejected, and it pays another amount now: ' +
        'a person may ask for that by its name',
    );
    expect(of('refused')).toContain('the ledger refused its booking: find out why, then a person asks');
    expect(of('reverted')).toContain('was booked, and then reverted in the ledger');
    for (const how of ['refused', 'reverted'] as const) expect(of(how)).not.toContain('nothing was booked');
  });
});
