/** A share of a whole: `numerator` / `denominator`, exact, not reduced. */
export interface Portion {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const RATIO = /^([0-9]{1,18})\/([0-9]{1,18})$/;
const PERCENTAGE = /^([0-9]{1,3})(?:\.([0-9]{1,15}))?%$/;

/** Reads `1/8` or `12.5%`; undefined when it is neither, has too many digits, or is not between 0 and 1. */
export const toPortion = (text: string): Portion | undefined => {
  const [, numerator, denominator] = RATIO.exec(text) ?? [];
  if (numerator !== undefined && denominator !== undefined)
    return within(BigInt(numerator), BigInt(denominator));
  const [, whole, decimals = ''] = PERCENTAGE.exec(text) ?? [];
  if (whole === undefined) return undefined;
  return within(BigInt(whole + decimals), 100n * 10n ** BigInt(decimals.length));
};

/** How a portion is written, for messages. */
export const PORTION_FORM = 'a portion from 0 to 1 such as 1/8 or 12.5%, of at most 18 digits';

const within = (numerator: bigint, denominator: bigint): Portion | undefined =>
  denominator > 0n && numerator <= denominator ? { numerator, denominator } : undefined;

/**
 * Completes an allotment: what `remaining` stands for is what the other shares leave of the whole.
 * Undefined when the shares are more than the whole, or less without a `remaining`.
 */
export const completeShares = (
  shares: readonly (Portion | 'remaining')[],
): readonly Portion[] | undefined => {
  let numerator = 0n;
  let denominator = 1n;
  for (const share of shares) {
    if (share === 'remaining') continue;
    numerator = numerator * share.denominator + share.numerator * denominator;
    denominator *= share.denominator;
  }
  const rest = { numerator: denominator - numerator, denominator };
  if (rest.numerator < 0n || (rest.numerator > 0n && !shares.includes('remaining'))) return undefined;
  return shares.map((share) => (share === 'remaining' ? rest : share));
};

/**
 * Divides an amount: each share is rounded down, and the units that are left over go one by one to the shares
 * from the first on. A share of zero gets none of them. The results add up to the amount.
 * Source of the rule: the published reference of Numscript, "Rounding".
 */
export const divide = (amount: bigint, shares: readonly Portion[]): readonly bigint[] => {
  const results = shares.map(({ numerator, denominator }) => (amount * numerator) / denominator);
  let left = results.reduce((rest, part) => rest - part, amount);
  return results.map((part, index) => {
    if (left === 0n || shares[index]?.numerator === 0n) return part;
    left -= 1n;
    return part + 1n;
  });
};
