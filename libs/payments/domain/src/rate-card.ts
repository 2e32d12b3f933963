/**
 * What the provider keeps of each captured payment, as agreed in the contract with it; versioned per
 * tenant.
 */
export interface RateCard {
  readonly version: number;
  readonly providerFeeBasisPoints: bigint;
  readonly providerFeeFixedMinor: bigint;
}

const ONE = 10_000n;

/**
 * The provider's fee of an amount: basis points, rounded half to even, plus the fixed part; never more than
 * the
 * amount. It is fixed when the operation is asked for, so that it doesn't depend on which observation comes
 * first;
 * a provider that keeps something else is a finding of reconciliation.
 */
export const providerFeeMinor = (amountMinor: bigint, card: RateCard): bigint => {
  const product = amountMinor * card.providerFeeBasisPoints;
  const floor = product / ONE;
  const twiceRest = (product % ONE) * 2n;
  const roundsUp = twiceRest > ONE || (twiceRest === ONE && floor % 2n === 1n);
  const fee = floor + (roundsUp ? 1n : 0n) + card.providerFeeFixedMinor;
  return fee < amountMinor ? fee : amountMinor;
};
