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
