/**
 * A transaction whose postings a script works out. The ledger knows scripts by what they need and give; the
 * language is a project of its own.
 */
import type { Posting } from './posting.js';

/** The money that a script may draw on. */
export interface ScriptFunds {
  /** What the account has, less what is held. */
  available(account: string, asset: string): bigint;
  /** How low its account type lets it fall; null is without limit. */
  floor(account: string): bigint | null;
  /** Whether what an account receives counts at once: not when the transaction is a hold. */
  readonly arrives: boolean;
}

interface ScriptShortage {
  readonly account: string;
  readonly asset: string;
  readonly needed: bigint;
  readonly available: bigint;
}

export type ScriptRun =
  | { readonly moved: true; readonly movements: readonly Posting[] }
  | { readonly moved: false; readonly shortage: ScriptShortage };

/** A script with its variables, ready to be run on the balances of the moment. */
export interface Script {
  /** Every balance that a run may ask for or change. */
  readonly balances: readonly (readonly [account: string, asset: string])[];
  /** A run makes at most so many postings. */
  readonly mostPostings: number;
  /** Pure: the same funds give the same postings. */
  run(funds: ScriptFunds): ScriptRun;
  /**
   * Equal for scripts that say the same: a part of the idempotency key's fingerprint, and for that the one
   * member that shows when a command is written out.
   */
  readonly canonical: string;
}
