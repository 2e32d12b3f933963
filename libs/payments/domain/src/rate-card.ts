/**
 * What the provider keeps of each captured payment, and what we keep of a merchant's; versioned per tenant.
 * Basis points are ten-thousandths.
 */
export interface RateCard {
  readonly version: number;
  readonly providerFeeBasisPoints: bigint;
  readonly providerFeeFixedMinor: bigint;
  readonly commissionBasisPoints: bigint;
  readonly commissionFixedMinor: bigint;
  /** VAT on the commission. */
  readonly vatBasisPoints: bigint;
  /** Kept back from the merchant for a time, against refunds and disputes. */
  readonly reserveBasisPoints: bigint;
  /** A refund gives commission and VAT back in proportion; otherwise the merchant bears them. */
  readonly refundsCommission: boolean;
}

export const ONE = 10_000n;

/** `numerator / denominator`, to the nearest whole, halves to the even one; for amounts of 0 and more. */
export const roundHalfEven = (numerator: bigint, denominator: bigint): bigint => {
  const floor = numerator / denominator;
  const twiceRest = (numerator % denominator) * 2n;
  const roundsUp = twiceRest > denominator || (twiceRest === denominator && floor % 2n === 1n);
  return floor + (roundsUp ? 1n : 0n);
};

export const least = (left: bigint, right: bigint): bigint => (left < right ? left : right);

/**
 * The provider's fee of an amount: basis points, rounded half to even, plus the fixed part; never more than
 * the
 * amount. It is fixed when the operation is asked for, so that it doesn't depend on which observation comes
 * first;
 * a provider that keeps something else is a finding of reconciliation.
 */
export const providerFeeMinor = (
  amountMinor: bigint,
  card: Pick<RateCard, 'providerFeeBasisPoints' | 'providerFeeFixedMinor'>,
): bigint =>
  least(
    roundHalfEven(amountMinor * card.providerFeeBasisPoints, ONE) + card.providerFeeFixedMinor,
    amountMinor,
  );
