import type { Brand } from './brand.js';

/**
 * A currency or token with its scale, the number of decimals of its smallest unit: `TRY/2`, `JPY`, `BTC/8`.
 * Two assets are the same when their texts are: `JPY` and `JPY/0` are different assets.
 */
export type Asset = string & Brand<'Asset'>;

const ASSET = /^[A-Z][A-Z0-9]{0,16}(?:_[A-Z]{1,16})?(?:\/[0-9]{1,6})?$/;

/** Whether the text names an asset. The same pattern stands in the ledger's contracts. */
export const isAsset = (text: string): text is Asset => ASSET.test(text);

/** The text as an asset. Throws a RangeError when it is none. */
export const asset = (text: string): Asset => {
  if (!isAsset(text)) throw new RangeError(`not an asset: ${JSON.stringify(text)}`);
  return text;
};

/** The number of decimals of the smallest unit: 2 for `TRY/2`, 0 for `JPY`. */
export const scaleOf = (of: Asset): number => {
  const slash = of.indexOf('/');
  return slash === -1 ? 0 : Number.parseInt(of.slice(slash + 1), 10);
};

/** The asset's name without its scale: `TRY` for `TRY/2`. */
export const currencyOf = (of: Asset): string => {
  const slash = of.indexOf('/');
  return slash === -1 ? of : of.slice(0, slash);
};
