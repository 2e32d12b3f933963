import { money, type Money } from './money.js';

/**
 * Splits an amount in proportion to `ratios`; the parts always sum to the whole. What integer division leaves
 * over, fewer units than there are parts, goes one unit each to the first parts with a ratio above zero. A
 * part with ratio zero gets nothing. A negative amount is split as its opposite is. Throws a RangeError when
 * a ratio is negative or none is above zero.
 */
export const allocate = ({ asset, amount }: Money, ratios: readonly bigint[]): Money[] => {
  if (ratios.some((ratio) => ratio < 0n)) throw new RangeError('a ratio is negative');
  const total = ratios.reduce((sum, ratio) => sum + ratio, 0n);
  if (total === 0n) throw new RangeError('no ratio is above zero');

  // BigInt division truncates towards zero, so each part falls short by less than one unit of the amount's
  // sign.
  const parts = ratios.map((ratio) => (amount * ratio) / total);
  let left = amount - parts.reduce((sum, part) => sum + part, 0n);
  const unit = left < 0n ? -1n : 1n;
  return parts.map((part, index) => {
    if (left === 0n || ratios[index] === 0n) return money(asset, part);
    left -= unit;
    return money(asset, part + unit);
  });
};
