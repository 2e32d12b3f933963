import {
  type EffectiveLow,
  EffectiveLows,
  type LedgerCommand,
  type LedgerState,
  type Posting,
} from '@defter/ledger-domain';
import type { Queryable } from '@defter/platform';
import type { Group } from '../engine/submission.js';
import { type LowRow, LOWS_SQL } from './past.sql.js';

interface Dated {
  readonly balances: Iterable<readonly [account: string, asset: string]>;
  readonly timestamp: string;
}

/**
 * The past of every balance that a backdated command of the batch touches, for ledgers in which every state
 * counts; undefined when no command is backdated. Call it with the head locked and the batch's transactions
 * loaded.
 */
export const loadPast = async (
  queryable: Queryable,
  ledgerId: number,
  groups: readonly Group[],
  { state, at }: { readonly state: LedgerState; readonly at: string },
): Promise<EffectiveLows | undefined> => {
  const asked = new Map<string, Asked>();
  for (const { submissions } of groups) {
    for (const { command } of submissions) {
      const dated = datedBy(command, state);
      if (dated !== undefined && dated.timestamp < at) ask(asked, dated, state);
    }
  }
  if (asked.size === 0) return undefined;
  const keys = [...asked.values()];
  const rows = await queryable.query<LowRow>(LOWS_SQL, [
    ledgerId,
    keys.map(({ account }) => account),
    keys.map(({ asset }) => asset),
    keys.map(({ since }) => since),
    keys.map(({ sign }) => sign),
  ]);
  return toLows(rows);
};

interface Asked {
  readonly account: string;
  readonly asset: string;
  readonly since: string;
  readonly sign: 1 | -1;
}

/** What a command touches and when it takes effect; undefined when that is the time of recording. */
const datedBy = (command: LedgerCommand, state: LedgerState): Dated | undefined => {
  if (command.type === 'CreateTransaction' && !command.pending && command.timestamp !== undefined) {
    const balances = command.script?.balances ?? balancesOf(command.postings);
    return { balances, timestamp: command.timestamp };
  }
  if (command.type !== 'RevertTransaction' || !command.atEffectiveDate) return undefined;
  // One that this very batch creates isn't known yet; its own command asks for the same balances and time.
  const original = state.transaction(command.transaction);
  if (original?.status !== 'posted') return undefined;
  return { balances: balancesOf(original.postings), timestamp: original.timestamp };
};

const balancesOf = (postings: readonly Posting[]): (readonly [string, string])[] =>
  postings.flatMap(({ source, destination, asset }) => [
    [source, asset] as const,
    [destination, asset] as const,
  ]);

/** Accounts without a limit have no state that could be too low. */
const ask = (asked: Map<string, Asked>, { balances, timestamp }: Dated, state: LedgerState): void => {
  for (const [account, asset] of balances) {
    if (state.overdraftOf(account) === null) continue;
    const sign = state.normalSideOf(account) === 'credit' ? 1 : -1;
    asked.set(`${account} ${asset} ${timestamp}`, { account, asset, since: timestamp, sign });
  }
};

const toLows = (rows: readonly LowRow[]): EffectiveLows => {
  const lows = new EffectiveLows();
  const byBalance = new Map<string, { account: string; asset: string; each: EffectiveLow[] }>();
  for (const { account, asset, since, low } of rows) {
    const key = `${account} ${asset}`;
    const entry = byBalance.get(key) ?? { account, asset, each: [] };
    entry.each.push({ since, low: BigInt(low) });
    byBalance.set(key, entry);
  }
  for (const { account, asset, each } of byBalance.values()) lows.set(account, asset, each);
  return lows;
};
