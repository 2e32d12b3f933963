import type { RateCard } from '@defter/backoffice-contracts';

const ONE = 10_000n;

/**
 * The provider's fee of a charge: basis points of the amount, rounded half to even, plus the fixed part;
 * never more than the amount. Written a second time here (payments has its own): a provider reckons for
 * itself, and reconciliation compares the two.
 */
export function feeMinor(
  amountMinor: bigint,
  { providerFeeBasisPoints, providerFeeFixedMinor }: RateCard,
): bigint {
  const product = amountMinor * BigInt(providerFeeBasisPoints);
  const [whole, rest] = [product / ONE, product % ONE];
  const up = rest * 2n > ONE || (rest * 2n === ONE && whole % 2n === 1n) ? 1n : 0n;
  const fee = whole + up + providerFeeFixedMinor;
  return fee > amountMinor ? amountMinor : fee;
}
