import { allocate, asset } from '@defter/kernel';
import { least, ONE, type RateCard, roundHalfEven } from './rate-card.js';

/**
 * Whose a captured or refunded amount is, in the smallest unit. No part is negative; together they are the
 * amount.
 */
export interface Split {
  /** The merchant's (*hakediş*), or the customer's wallet. */
  readonly payableMinor: bigint;
  readonly reserveMinor: bigint;
  readonly commissionMinor: bigint;
  readonly vatMinor: bigint;
  /** What the payer paid more because of instalments. */
  readonly surchargeMinor: bigint;
  /** What rounding left over. */
  readonly remainderMinor: bigint;
  /** Whether a refund gives commission, VAT and remainder back; fixed when the money is asked for. */
  readonly returnsCommission: boolean;
}

/** All of it belongs to the one who was paid. */
export const undivided = (amountMinor: bigint): Split => ({
  payableMinor: amountMinor,
  ...{ reserveMinor: 0n, commissionMinor: 0n, vatMinor: 0n, surchargeMinor: 0n, remainderMinor: 0n },
  returnsCommission: true,
});

/** The sum of the parts. */
export const totalOf = (split: Split): bigint =>
  split.payableMinor +
  split.reserveMinor +
  split.commissionMinor +
  split.vatMinor +
  split.surchargeMinor +
  split.remainderMinor;

/** What is left of a split after others have taken from it. */
export const minus = (split: Split, taken: Split): Split => ({
  payableMinor: split.payableMinor - taken.payableMinor,
  reserveMinor: split.reserveMinor - taken.reserveMinor,
  commissionMinor: split.commissionMinor - taken.commissionMinor,
  vatMinor: split.vatMinor - taken.vatMinor,
  surchargeMinor: split.surchargeMinor - taken.surchargeMinor,
  remainderMinor: split.remainderMinor - taken.remainderMinor,
  returnsCommission: split.returnsCommission,
});

/**
 * Divides what a merchant's payer paid by the rate card. Commission (basis points plus the fixed part), VAT
 * on the commission, and the reserve are each rounded half to even; the merchant's part is rounded down,
 * and what the fractions leave over is the remainder. Parts that would exceed the amount take what is
 * there, in that order. The surcharge is no part of the price: nothing is charged on it.
 */
export const splitGross = (grossMinor: bigint, wishedSurchargeMinor: bigint, card: RateCard): Split => {
  const surchargeMinor = least(wishedSurchargeMinor, grossMinor);
  const price = grossMinor - surchargeMinor;
  // Exact values are in ten-thousandths of the unit.
  const commissionExact = price * card.commissionBasisPoints + card.commissionFixedMinor * ONE;
  const commissionMinor = least(roundHalfEven(commissionExact, ONE), price);
  const vatExact = commissionMinor * card.vatBasisPoints;
  const vatMinor = least(roundHalfEven(vatExact, ONE), price - commissionMinor);
  const reserveExact = price * card.reserveBasisPoints;
  const reserveMinor = least(roundHalfEven(reserveExact, ONE), price - commissionMinor - vatMinor);
  const left = price - commissionMinor - vatMinor - reserveMinor;
  const payableExact = price * ONE - commissionExact - vatExact - reserveExact;
  // Others' rounding up can leave less than the merchant's exact part; below zero there is nothing to divide.
  const payableMinor = payableExact < 0n ? left : least(payableExact / ONE, left);
  return {
    ...{ payableMinor, reserveMinor, commissionMinor, vatMinor, surchargeMinor },
    remainderMinor: left - payableMinor,
    returnsCommission: card.refundsCommission,
  };
};

/**
 * What a refund takes from each part of what earlier ones left: in proportion, so that the last one takes
 * exactly the rest. Where commission stays with us, whoever was paid bears it. Throws a RangeError when
 * less is left.
 */
export const splitRefund = (amountMinor: bigint, left: Split): Split => {
  if (amountMinor > totalOf(left)) throw new RangeError('a refund above what is left');
  if (amountMinor === 0n) return { ...undivided(0n), returnsCommission: left.returnsCommission };
  const kept = left.commissionMinor + left.vatMinor + left.remainderMinor;
  const ratios = left.returnsCommission
    ? [
        left.payableMinor,
        left.reserveMinor,
        left.surchargeMinor,
        left.commissionMinor,
        left.vatMinor,
        left.remainderMinor,
      ]
    : [left.payableMinor + kept, left.reserveMinor, left.surchargeMinor, 0n, 0n, 0n];
  const shares = allocate({ asset: asset('UNIT'), amount: amountMinor }, ratios).map(({ amount }) => amount);
  const [payableMinor = 0n, reserveMinor = 0n, surchargeMinor = 0n] = shares;
  const [commissionMinor = 0n, vatMinor = 0n, remainderMinor = 0n] = shares.slice(3);
  return {
    ...{ payableMinor, reserveMinor, surchargeMinor, commissionMinor, vatMinor, remainderMinor },
    returnsCommission: left.returnsCommission,
  };
};
