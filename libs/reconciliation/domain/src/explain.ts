import type { LineSide, OperationSide } from './residue.js';

/** Why the amounts of a pair may differ without anything being wrong. */
export type Explanation = 'net-of-fee' | 'surcharge' | 'fx' | 'rounding';

type Money = 'amount' | 'currency';
type Line = Pick<LineSide, Money | 'fee' | 'leg'> & Partial<Pick<LineSide, 'surcharge' | 'original'>>;

/**
 * What explains that a pair's amounts differ, or undefined when nothing does.
 *
 * `net-of-fee`: the provider reports what is left after its fee. `surcharge`: the payer paid more for
 * instalments, and the line says how much. `fx`: the provider exchanged our amount at the rate that it
 * states, rounded to the nearest unit; `rounding`: it rounded the other way, by less than a unit.
 * The matching SQL has the same rule and stores the explanation with the match; a test compares the two.
 */
export function explanationOf(line: Line, operation: Pick<OperationSide, Money>): Explanation | undefined {
  const { amount, original } = line;
  if (line.currency === operation.currency) {
    if (amount === operation.amount) return undefined;
    const explained = inOneCurrency(line, operation.amount);
    if (explained !== undefined) return explained;
  }
  if (original === undefined) return undefined;
  if (original.currency !== operation.currency || original.amount !== operation.amount) return undefined;
  return byRate(amount, original);
}

function inOneCurrency(
  { amount, fee, leg, surcharge = 0n }: Line,
  ours: bigint,
): 'net-of-fee' | 'surcharge' | undefined {
  if (fee > 0n && leg === 'payment' && amount + fee === ours) return 'net-of-fee';
  return surcharge > 0n && amount - surcharge === ours ? 'surcharge' : undefined;
}

/** How far the amount is from what the stated rate gives; exact, for a double would lose digits. */
function byRate(
  amount: bigint,
  { amount: before, rate }: NonNullable<LineSide['original']>,
): 'fx' | 'rounding' | undefined {
  const [whole = '', part = ''] = rate.split('.');
  const unit = 10n ** BigInt(part.length);
  const off = amount * unit - before * BigInt(whole + part);
  const size = off < 0n ? -off : off;
  if (size * 2n <= unit) return 'fx';
  return size <= unit ? 'rounding' : undefined;
}
