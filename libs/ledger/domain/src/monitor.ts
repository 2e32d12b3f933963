import { type BalanceCondition, isMet } from './balance-condition.js';
import type { LedgerState } from './ledger-state.js';
import { balanceKey } from './posting.js';

/** A condition on a balance whose every turn from false to true, or back, is told with the event that did it. */
export interface Monitor extends BalanceCondition {
  readonly id: string;
}

/** A monitor turned true or false by an event. */
export interface MonitorTurn {
  readonly id: string;
  readonly turned: boolean;
}

/** The monitors of a ledger, by the balance that they watch. */
export class Monitors {
  private readonly byBalance = new Map<string, Monitor[]>();

  constructor(monitors: readonly Monitor[]) {
    for (const monitor of monitors) {
      const key = balanceKey(monitor.account, monitor.asset);
      const others = this.byBalance.get(key);
      if (others === undefined) this.byBalance.set(key, [monitor]);
      else others.push(monitor);
    }
  }

  on(account: string, asset: string): readonly Monitor[] | undefined {
    return this.byBalance.get(balanceKey(account, asset));
  }
}

/**
 * Looks at the monitors of the balances that an event is about to touch; the answer, called after the event,
 * says which of them turned. Undefined when none watches. A monitor has no memory: it is true when its
 * balance meets the condition, so a turn is what the event changed, whoever decides it and after any restart.
 */
export const watchMonitors = (
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
