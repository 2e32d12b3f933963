/**
 * Who would fall beyond the limit of its account type. A credit-normal account is used up by what goes out of
 * it, a debit-normal one by what comes in; the limit counts on that side.
 */
import { usableOf } from './balance.js';
import type { LedgerState } from './ledger-state.js';
import { balanceKey, type Posting, splitBalanceKey } from './posting.js';
import type { LedgerRefusal } from './refusal.js';

type Shortage = Extract<LedgerRefusal, { code: 'insufficient-funds' }>;

/**
 * The first account that would fall beyond its limit in the final state. Postings apply together, so what a
 * posted transaction brings an account counts against what it takes from it; a hold only reserves, so what it
 * would bring counts for nothing.
 */
export const shortage = (
  postings: readonly Posting[],
  pending: boolean,
  state: LedgerState,
): Shortage | undefined => {
  const [first] = postings;
  if (postings.length === 1 && first !== undefined) return shortageOfOne(first, pending, state);
  for (const [key, needed] of needsOf(postings, pending, state)) {
    const [account, asset] = splitBalanceKey(key);
    const short = shortIn({ account, asset, needed }, state);
    if (short !== undefined) return short;
  }
  return undefined;
};

/**
 * The first account of a backdated transaction that would have been beyond its limit at some effective time
 * since. Open holds don't count there: what they move, they move from now on.
 */
export const pastShortage = (
  postings: readonly Posting[],
  since: string,
  state: LedgerState,
): Shortage | undefined => {
  for (const [key, needed] of needsOf(postings, false, state)) {
    const [account, asset] = splitBalanceKey(key);
    const overdraft = state.overdraftOf(account);
    if (needed <= 0n || overdraft === null) continue;
    const { low, since: effectiveFrom } = state.past.lowestSince(account, asset, since);
    if (low - needed < -overdraft) {
      return { ...shortBy({ account, asset, needed }, low, state), effectiveFrom };
    }
  }
  return undefined;
};

interface Need {
  readonly account: string;
  readonly asset: string;
  /** On the normal side of the account, in smallest units. */
  readonly needed: bigint;
}

/** Most transactions have one posting; they need no table of sums. */
const shortageOfOne = (
  { source, destination, asset, amount }: Posting,
  pending: boolean,
  state: LedgerState,
): Shortage | undefined => {
  if (source === destination && !pending) return undefined;
  const need = (account: string) => shortIn({ account, asset, needed: amount }, state);
  if (state.normalSideOf(source) === 'credit') {
    const short = need(source);
    if (short !== undefined) return short;
  }
  return state.normalSideOf(destination) === 'debit' ? need(destination) : undefined;
};

const needsOf = (
  postings: readonly Posting[],
  pending: boolean,
  state: LedgerState,
): ReadonlyMap<string, bigint> => {
  const needs = new Map<string, bigint>();
  const add = (account: string, asset: string, taken: bigint) => {
    const used = state.normalSideOf(account) === 'credit' ? taken : -taken;
    if (pending && used < 0n) return;
    const key = balanceKey(account, asset);
    needs.set(key, (needs.get(key) ?? 0n) + used);
  };
  for (const { source, destination, asset, amount } of postings) {
    add(source, asset, amount);
    add(destination, asset, -amount);
  }
  return needs;
};

const shortIn = (need: Need, state: LedgerState): Shortage | undefined => {
  const { account, asset, needed } = need;
  const overdraft = needed <= 0n ? null : state.overdraftOf(account);
  if (overdraft === null) return undefined;
  const usable = usableOf(state.balance(account, asset), state.normalSideOf(account));
  return usable - needed < -overdraft ? shortBy(need, usable, state) : undefined;
};

const shortBy = ({ account, asset, needed }: Need, available: bigint, state: LedgerState): Shortage => ({
  code: 'insufficient-funds',
  account,
  asset,
  needed,
  available,
  ...(state.normalSideOf(account) === 'debit' ? { normalSide: 'debit' as const } : {}),
});
