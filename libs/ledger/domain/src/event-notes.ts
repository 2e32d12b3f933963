import { postedOf } from './balance.js';
import { isMet } from './balance-condition.js';
import type { LedgerCommand } from './command.js';
import type { LedgerState } from './ledger-state.js';
import type { ExpectedBalance, Mismatch } from './mismatch.js';
import type { MonitorTurn } from './monitor.js';

/** What a commit found out beside what happened; each member is there only when it says something. */
export interface EventNotes {
  readonly monitors?: readonly MonitorTurn[];
  readonly mismatches?: readonly Mismatch[];
}

/**
 * Prepares the notes of an event that is about to be applied; the answer, called after `evolve`, gives them.
 * Undefined, at no cost, when no monitor watches what the event touches and the command expects no balances.
 */
export const noteEvent = (
  command: LedgerCommand,
  state: LedgerState,
  touched: readonly (readonly [account: string, asset: string])[],
): (() => EventNotes | undefined) | undefined => {
  const turns = watchMonitors(state, touched);
  const expected =
    command.type === 'CreateTransaction' && state.logsMismatches ? command.expectedBalances : undefined;
  if (turns === undefined && expected === undefined) return undefined;
  return () => {
    const monitors = turns?.() ?? [];
    const mismatches = expected === undefined ? [] : mismatchesOf(expected, state);
    if (monitors.length === 0 && mismatches.length === 0) return undefined;
    return {
      ...(monitors.length === 0 ? {} : { monitors }),
      ...(mismatches.length === 0 ? {} : { mismatches }),
    };
  };
};

/**
 * Looks at the monitors of the balances that an event is about to touch; the answer, called after the event,
 * says which of them turned. Undefined when none watches. A monitor has no memory: it is true when its
 * balance meets the condition, so a turn is what the event changed, whoever decides it and after any restart.
 */
const watchMonitors = (
  state: LedgerState,
  touched: readonly (readonly [account: string, asset: string])[],
): (() => readonly MonitorTurn[]) | undefined => {
  const { monitors } = state;
  if (monitors === undefined) return undefined;
  const watching = touched.flatMap(([account, asset]) => monitors.on(account, asset) ?? []);
  if (watching.length === 0) return undefined;
  const now = () => watching.map((monitor) => isMet(monitor, state.balance(monitor.account, monitor.asset)));
  const before = now();
  return () => {
    const after = now();
    return watching.flatMap(({ id }, index) => {
      const turned = after[index] ?? false;
      return turned === before[index] ? [] : [{ id, turned }];
    });
  };
};

/** Where the expected figures differ from the state, in their order. */
const mismatchesOf = (expected: readonly ExpectedBalance[], state: LedgerState): readonly Mismatch[] =>
  expected.flatMap(({ account, asset, balance }) => {
    const actual = postedOf(state.balance(account, asset));
    return actual === balance ? [] : [{ account, asset, expected: balance, actual }];
  });
