/** One movement: `amount` (smallest unit, ≥ 0) of `asset` from `source` to `destination`. */
export interface Posting {
  readonly source: string;
  readonly destination: string;
  readonly asset: string;
  readonly amount: bigint;
}

const ADDRESS = /^[A-Za-z0-9_-]+(:[A-Za-z0-9_-]+)*$/;
const ASSET = /^[A-Z][A-Z0-9]{0,16}(_[A-Z]{1,16})?(\/[0-9]{1,6})?$/;
const MAX_ADDRESS_LENGTH = 256;

/**
 * Whether the text is an account address: segments `[A-Za-z0-9_-]+` joined by `:`, at most 256 characters.
 */
export const isAddress = (text: string): boolean => text.length <= MAX_ADDRESS_LENGTH && ADDRESS.test(text);

/** Whether the text names an asset with its scale, such as `TRY/2` or `JPY`. */
export const isAssetCode = (text: string): boolean => ASSET.test(text);

/** The key of a balance in a ledger's state: neither part can hold a space. */
export const balanceKey = (account: string, asset: string): string => `${account} ${asset}`;

/** Splits a balance key into its account and asset. */
export const splitBalanceKey = (key: string): readonly [account: string, asset: string] => {
  const at = key.indexOf(' ');
  return [key.slice(0, at), key.slice(at + 1)];
};
