import { availableOf } from './balance.js';
import type { CreateTransaction } from './command.js';
import type { LedgerState } from './ledger-state.js';
import type { Posting } from './posting.js';
import type { Script, ScriptRun } from './script.js';

/**
 * Runs the script of a command. Neither force nor shadow mode knows floors; what the script itself says about
 * overdrafts and caps always holds, for it says where the money comes from.
 */
export const runScript = (
  { force, pending }: CreateTransaction,
  script: Script,
  state: LedgerState,
): ScriptRun =>
  script.run({
    available: (account, asset) => availableOf(state.balance(account, asset)),
    floor: (account) => (force || state.shadow ? null : state.floorOf(account)),
    arrives: !pending,
  });

/** Postings that move nothing, on all that a script names: to ask what comes before its funds. */
export const emptyPostings = ({ balances }: Script): readonly Posting[] =>
  balances.map(([account, asset]) => ({ source: account, destination: account, asset, amount: 0n }));
