import { describe, expect, it } from '@jest/globals';
import { claimedBy, isProven, provenBy } from './index.js';
import { line, operation } from './sides.fixture.js';

describe('what a matched line proves', () => {
  it.each([
    ['sale', 'payment', 'succeeded'],
    ['capture', 'payment', 'succeeded'],
    ['refund', 'payment', 'succeeded'],
    ['payout', 'payment', 'succeeded'],
    ['payout', 'return', 'returned'],
    ['payout_reversal', 'return', 'returned'],
    ['refund', 'return', 'returned'],
    ['sale', 'return', undefined],
    ['capture', 'return', undefined],
    ['chargeback', 'payment', undefined],
    ['chargeback', 'return', undefined],
    ['authorize', 'payment', undefined],
    ['fee', 'payment', undefined],
    ['reserve', 'payment', undefined],
  ] as const)('of a %s, leg %s: %s', (kind, leg, proven) => expect(provenBy(kind, leg)).toBe(proven));

  it.each(['sending', 'errored', 'unknown', 'pending', 'declined', 'failed'])(
    'is news to one that is %s',
    (r) => expect([isProven(r, 'succeeded'), isProven(r, 'returned')]).toEqual([false, false]),
  );
  it('is nothing new once the money has moved; that it came back is', () => {
    expect([isProven('succeeded', 'succeeded'), isProven('succeeded', 'returned')]).toEqual([true, false]);
    expect([isProven('returned', 'succeeded'), isProven('returned', 'returned')]).toEqual([true, true]);
  });
});

describe('the money that a line claims', () => {
  const ours = operation({ amount: 1000n, currency: 'TRY' });
  it.each([
    ['is its own', line({ amount: 1000n, fee: 25n, currency: 'TRY' }), 1000n, 'TRY'],
    ['one unit off is its own', line({ amount: 999n, fee: 25n, currency: 'TRY' }), 999n, 'TRY'],
    ['is before its fee', line({ amount: 975n, fee: 25n, currency: 'TRY' }), 1000n, 'TRY'],
    [
      'is without its surcharge',
      line({ amount: 1100n, fee: 0n, currency: 'TRY', surcharge: 100n }),
      1000n,
      'TRY',
    ],
    [
      'is before its exchange',
      line({
        amount: 30n,
        fee: 0n,
        currency: 'USD',
        original: { amount: 1000n, currency: 'TRY', rate: '0.03' },
      }),
      ...[1000n, 'TRY'],
    ],
    ['of another currency is its own', line({ amount: 1000n, fee: 0n, currency: 'USD' }), 1000n, 'USD'],
  ] as const)('%s', (_, seen, amount, currency) =>
    expect(claimedBy(seen, ours)).toMatchObject({ amount, currency }),
  );
});
