import type { BalanceCondition } from './balance-condition.js';
import { balanceKey } from './posting.js';

/** A condition on a balance; each turn from false to true, or back, is told with the event that did it. */
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
