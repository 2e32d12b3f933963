import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assetOfCurrency, providerFeeMinor } from './index.js';

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
            providerFeeBasisPoints: bp,
            providerFeeFixedMinor: fixed,
          });
          expect(fee >= 0n && fee <= amount).toBe(true);
        },
      ),
    ));
});

it('assets carry the currency scale of ISO 4217', () => {
  expect(['TRY', 'JPY', 'KWD', 'CLF'].map(assetOfCurrency)).toEqual(['TRY/2', 'JPY', 'KWD/3', 'CLF/4']);
});
