import type { LedgerCommand } from './command.js';
import type { LedgerState } from './ledger-state.js';
import { type Mismatch, mismatchesOf } from './mismatch.js';
import { type MonitorTurn, watchMonitors } from './monitor.js';

/** What an event's commit found out beside what happened; each member is there only when it says something. */
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
