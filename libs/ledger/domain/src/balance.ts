/** The money of an account in an asset, in smallest units. */
export interface Balance {
  readonly input: bigint;
  readonly output: bigint;
  readonly pendingIn: bigint;
  readonly pendingOut: bigint;
}

/** `posted` = what came in − what went out. */
export const postedOf = (balance: Balance): bigint => balance.input - balance.output;

/** `available` = posted − open outgoing holds. */
export const availableOf = (balance: Balance): bigint => balance.input - balance.output - balance.pendingOut;

/** On which side the balance of an account grows: `credit` by what comes in, `debit` by what goes out. */
export type NormalSide = 'credit' | 'debit';

/**
 * What can still be taken on the account's normal side before its balance is zero. A credit-normal account is
 * used up by what goes out, a debit-normal one by what comes in; holds count on the side that they use up.
 */
export const usableOf = (balance: Balance, side: NormalSide): bigint =>
  side === 'credit' ? availableOf(balance) : balance.output - balance.input - balance.pendingIn;
