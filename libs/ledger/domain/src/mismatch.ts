import { postedOf } from './balance.js';
import type { LedgerState } from './ledger-state.js';

/** What the balance source that a tenant moves away from says: `posted` after the command. */
export interface ExpectedBalance {
  readonly account: string;
  readonly asset: string;
  readonly balance: bigint;
}

/** The old source and the ledger disagree about a posted balance. */
export interface Mismatch {
  readonly account: string;
  readonly asset: string;
  readonly expected: bigint;
  readonly actual: bigint;
}

/** Where the expected figures differ from the state, in their order. */
export const mismatchesOf = (expected: readonly ExpectedBalance[], state: LedgerState): readonly Mismatch[] =>
  expected.flatMap(({ account, asset, balance }) => {
    const actual = postedOf(state.balance(account, asset));
    return actual === balance ? [] : [{ account, asset, expected: balance, actual }];
  });
