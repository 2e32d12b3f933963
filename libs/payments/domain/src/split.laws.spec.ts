import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { minus, type RateCard, type Split, splitGross, splitRefund, totalOf, undivided } from './index.js';
import { rateCard } from './testing/samples.js';

const card: fc.Arbitrary<RateCard> = fc.record({
  version: fc.constant(1),
  providerFeeBasisPoints: fc.bigInt(0n, 10_000n),
  providerFeeFixedMinor: fc.bigInt(0n, 10_000n),
  commissionBasisPoints: fc.bigInt(0n, 10_000n),
  commissionFixedMinor: fc.oneof(fc.bigInt(0n, 3n), fc.bigInt(0n, 10n ** 31n)),
  vatBasisPoints: fc.bigInt(0n, 10_000n),
  reserveBasisPoints: fc.bigInt(0n, 10_000n),
  refundsCommission: fc.boolean(),
});
const amount = fc.oneof(fc.bigInt(1n, 30n), fc.bigInt(1n, 10n ** 6n), fc.bigInt(1n, 10n ** 30n));
const parts = ({ returnsCommission: _, ...amounts }: Split): readonly bigint[] => Object.values(amounts);

describe('the split of a captured amount', () => {
  it('sums to the gross exactly and has no negative part, from 1 unit to 10^30', () =>
    fc.assert(
      fc.property(amount, amount, card, (gross, surcharge, by) => {
        const split = splitGross(gross, surcharge, by);
        expect(totalOf(split)).toBe(gross);
        expect(parts(split).every((part) => part >= 0n)).toBe(true);
        expect(parts(split).reduce((sum, part) => sum + part, 0n)).toBe(gross);
      }),
      { numRuns: 5_000 },
    ));

  it('leaves at most 2 units to the remainder', () =>
    fc.assert(
      fc.property(amount, card, (gross, by) => {
        expect(splitGross(gross, 0n, by).remainderMinor <= 2n).toBe(true);
      }),
      { numRuns: 5_000 },
    ));

  it('rounds commission, VAT and reserve half to even, and the merchant down', () => {
    const by = { ...rateCard, commissionBasisPoints: 250n, vatBasisPoints: 2_000n, reserveBasisPoints: 0n };
    expect(splitGross(20n, 0n, by)).toMatchObject({
      commissionMinor: 0n,
      payableMinor: 19n,
      remainderMinor: 1n,
    });
    expect(splitGross(60n, 0n, by)).toMatchObject({ commissionMinor: 2n, vatMinor: 0n, payableMinor: 58n });
    expect(splitGross(100_00n, 0n, { ...by, commissionFixedMinor: 25n })).toMatchObject({
      ...{ commissionMinor: 275n, vatMinor: 55n, payableMinor: 9_670n, remainderMinor: 0n },
    });
  });

  it('charges nothing on the surcharge', () => {
    expect(splitGross(1_100n, 100n, rateCard)).toMatchObject({
      ...{
        surchargeMinor: 100n,
        commissionMinor: 100n,
        vatMinor: 20n,
        reserveMinor: 50n,
        payableMinor: 830n,
      },
    });
  });
});

describe('the split of refunds', () => {
  it('sums to the refund, never takes more of a part than there is, and the last one takes the rest', () =>
    fc.assert(
      fc.property(amount, card, fc.array(fc.bigInt(1n, 10_000n), { maxLength: 8 }), (gross, by, shares) => {
        let left = splitGross(gross, 0n, { ...by, refundsCommission: true });
        for (const share of [...shares, 10_000n]) {
          const wanted = share === 10_000n ? totalOf(left) : (totalOf(left) * share) / 10_000n;
          const refund = splitRefund(wanted, left);
          expect(totalOf(refund)).toBe(wanted);
          expect(parts(refund).every((part) => part >= 0n)).toBe(true);
          left = minus(left, refund);
          expect(parts(left).every((part) => part >= 0n)).toBe(true);
        }
        expect(totalOf(left)).toBe(0n);
      }),
      { numRuns: 2_000 },
    ));

  it('where commission stays with us, take it from whoever was paid', () =>
    fc.assert(
      fc.property(amount, card, fc.bigInt(1n, 10_000n), (gross, by, share) => {
        const whole = splitGross(gross, 0n, { ...by, refundsCommission: false });
        const first = splitRefund((gross * share) / 10_000n, whole);
        const rest = splitRefund(gross - totalOf(first), minus(whole, first));
        for (const refund of [first, rest]) {
          expect(refund).toMatchObject({ commissionMinor: 0n, vatMinor: 0n, remainderMinor: 0n });
          expect(refund.payableMinor >= 0n).toBe(true);
        }
        expect(totalOf(first) + totalOf(rest)).toBe(gross);
      }),
    ));

  it('refuse what is not there', () => {
    expect(() => splitRefund(11n, undivided(10n))).toThrow(RangeError);
  });
});
