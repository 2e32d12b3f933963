/**
 * The rules about accounts, conditions, time and funds, in the order in which they are reported. In shadow
 * mode they refuse nothing but a time ahead of the clock: the first that would have is recorded.
 */
import { type BalanceCondition, figureOf, isMet } from './balance-condition.js';
import type { WouldRefuse } from './event.js';
import { pastShortage, shortage } from './funds.js';
import type { LedgerState } from './ledger-state.js';
import type { Posting } from './posting.js';
import type { LedgerRefusal } from './refusal.js';

/** The first account that a strict ledger doesn't admit; metadata opens none either. */
export const unknownAmong = (addresses: readonly string[], state: LedgerState): LedgerRefusal | undefined => {
  const account = addresses.find((address) => !state.admits(address));
  return account === undefined ? undefined : { code: 'account-unknown', account };
};

/** The first closed account; only when there is none, the first that a strict ledger doesn't know. */
export const refusedAccount = (
  postings: readonly Posting[],
  state: LedgerState,
): LedgerRefusal | undefined => {
  for (const { source, destination } of postings) {
    if (state.accountType(source)?.closed === true) return { code: 'account-closed', account: source };
    if (state.accountType(destination)?.closed === true)
      return { code: 'account-closed', account: destination };
  }
  return state.strict
    ? unknownAmong(
        postings.flatMap(({ source, destination }) => [source, destination]),
        state,
      )
    : undefined;
};

/** The first condition that the balances, as they are before the transaction, don't meet. */
export const failedCondition = (
  conditions: readonly BalanceCondition[] | undefined,
  state: LedgerState,
): LedgerRefusal | undefined => {
  if (conditions === undefined) return undefined;
  for (const condition of conditions) {
    const balance = state.balance(condition.account, condition.asset);
    if (isMet(condition, balance)) continue;
    return { code: 'condition-failed', ...condition, actual: figureOf(balance, condition.balance) };
  }
  return undefined;
};

/** What is about to move, as far as the rules ask. */
export interface Moving {
  readonly postings: readonly Posting[];
  readonly pending: boolean;
  /** The funds check is skipped. */
  readonly force: boolean;
  /** Effective time; undefined is the time of recording. */
  readonly since: string | undefined;
}

/** What the rules say: neither member is all clear. */
export interface Verdict {
  readonly refusal?: LedgerRefusal;
  /** In shadow mode: what would have been the refusal. */
  readonly shadowed?: LedgerRefusal;
}

const CLEAR: Verdict = {};

/** Weighs what was found about accounts and conditions (`barred`), then time and funds, in this order. */
export const judge = (
  moving: Moving,
  barred: LedgerRefusal | undefined,
  state: LedgerState,
  at: string,
): Verdict => {
  if (barred !== undefined && !state.shadow) return { refusal: barred };
  const { since, force } = moving;
  // Where every state counts, the present is the end of the history: nothing may lie ahead of it.
  if (state.everyState && since !== undefined && since > at) {
    return { refusal: { code: 'effective-in-future', timestamp: since, recordedAt: at } };
  }
  const found = barred ?? (force ? undefined : lacksFunds(moving, state, at));
  if (found === undefined) return CLEAR;
  return state.shadow ? { shadowed: found } : { refusal: found };
};

/** Funds in the final state and, where the ledger says so, in every state since a backdated time. */
const lacksFunds = (
  { postings, pending, since }: Moving,
  state: LedgerState,
  at: string,
): LedgerRefusal | undefined => {
  const short = shortage(postings, pending, state);
  if (short !== undefined || !state.everyState || pending) return short;
  return since === undefined || since >= at ? undefined : pastShortage(postings, since, state);
};

/** A refusal as shadow mode records it: members of other kinds than text are amounts. */
export const recorded = (refusal: LedgerRefusal): WouldRefuse =>
  Object.fromEntries(
    Object.entries(refusal).map(([name, value]) => [name, String(value)]),
  ) as unknown as WouldRefuse;
