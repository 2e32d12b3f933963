import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assetOfCurrency, depositPostings, providerFeeMinor } from './index.js';

const card = { version: 1, providerFeeBasisPoints: 250n, providerFeeFixedMinor: 0n };

describe('the provider fee', () => {
  it('rounds half to even', () => {
    expect(providerFeeMinor(20n, card)).toBe(0n);
    expect(providerFeeMinor(21n, card)).toBe(1n);
    expect(providerFeeMinor(60n, card)).toBe(2n);
    expect(providerFeeMinor(100_00n, { ...card, providerFeeFixedMinor: 30n })).toBe(280n);
  });

  it('is never more than the amount, nor negative, at any size', () =>
    fc.assert(
      fc.property(
        fc.bigInt(0n, 10n ** 40n),
        fc.bigInt(0n, 20_000n),
        fc.bigInt(0n, 500n),
        (amount, bp, fixed) => {
          const fee = providerFeeMinor(amount, {
            version: 1,
            providerFeeBasisPoints: bp,
            providerFeeFixedMinor: fixed,
          });
          expect(fee >= 0n && fee <= amount).toBe(true);
        },
      ),
    ));
});

it('the wallet gets the gross, the receivable what the provider still owes', () => {
  const deposit = { customerId: '42', connectionId: 'c', amountMinor: 1000n, feeMinor: 25n };
  expect(depositPostings(deposit)).toEqual([
    { source: 'psp:c:receivable', destination: 'users:42:main', amountMinor: 1000n },
    { source: 'fees:provider', destination: 'psp:c:receivable', amountMinor: 25n },
  ]);
  expect(depositPostings({ ...deposit, feeMinor: 0n })).toHaveLength(1);
});

it('assets carry the currency scale of ISO 4217', () => {
  expect(['TRY', 'JPY', 'KWD', 'CLF'].map(assetOfCurrency)).toEqual(['TRY/2', 'JPY', 'KWD/3', 'CLF/4']);
});
