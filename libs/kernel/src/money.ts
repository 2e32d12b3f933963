import { asset as toAsset, type Asset } from './asset.js';

/** An amount of an asset, counted in its smallest unit (kuruş, cent, satoshi). May be negative. */
export interface Money {
  readonly asset: Asset;
  readonly amount: bigint;
}

/** `amount` smallest units of `asset`. */
export const money = (asset: Asset, amount: bigint): Money => ({ asset, amount });

/** Turkish lira in kuruş: `TRY(1050n)` is 10.50 TRY. */
export const TRY = (kurus: bigint): Money => money(toAsset('TRY/2'), kurus);

/** US dollars in cents: `USD(1050n)` is 10.50 USD. */
export const USD = (cents: bigint): Money => money(toAsset('USD/2'), cents);

/** The sum. Throws a TypeError for two different assets. */
export const add = (left: Money, right: Money): Money => {
  refuseMixed(left, right);
  return money(left.asset, left.amount + right.amount);
};

/** The difference, negative when `right` is larger. Throws a TypeError for two different assets. */
export const subtract = (left: Money, right: Money): Money => {
  refuseMixed(left, right);
  return money(left.asset, left.amount - right.amount);
};

/** −1, 0 or 1, as `sort` wants it. Throws a TypeError for two different assets. */
export const compare = (left: Money, right: Money): -1 | 0 | 1 => {
  refuseMixed(left, right);
  if (left.amount === right.amount) return 0;
  return left.amount < right.amount ? -1 : 1;
};

/** Whether the amount is below zero. */
export const isNegative = ({ amount }: Money): boolean => amount < 0n;

/**
 * Mixing assets is a bug of the caller, never an outcome of a rule: there is no rate here to convert with.
 */
const refuseMixed = (left: Money, right: Money): void => {
  if (left.asset !== right.asset) throw new TypeError(`cannot combine ${left.asset} with ${right.asset}`);
};
