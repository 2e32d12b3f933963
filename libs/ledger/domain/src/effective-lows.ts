import { balanceKey } from './posting.js';

/**
 * The lowest that an account's posted balance stood, on its normal side, from an effective time on: until the
 * next such time of the same balance, or until now.
 */
export interface EffectiveLow {
  readonly since: string;
  readonly low: bigint;
}

/**
 * The past of the balances that backdated commands of a batch touch, cut at the effective times of those
 * commands: enough to know every state that a backdated movement changes, however long the history is.
 */
export class EffectiveLows {
  private readonly byBalance = new Map<string, readonly EffectiveLow[]>();

  /** Lows in the order of time. */
  set(account: string, asset: string, lows: readonly EffectiveLow[]): void {
    this.byBalance.set(balanceKey(account, asset), lows);
  }

  /** The lowest state from an effective time until now. @throws Error when the past wasn't loaded */
  lowestSince(account: string, asset: string, since: string): EffectiveLow {
    const lows = this.byBalance.get(balanceKey(account, asset));
    const [first, ...others] = (lows ?? []).filter((each) => each.since >= since);
    if (first?.since !== since) {
      throw new Error(`The past of ${account} in ${asset} since ${since} was not loaded`);
    }
    return others.reduce((lowest, each) => (each.low < lowest.low ? each : lowest), first);
  }

  /** Moves every state since the effective time; gives the step that takes it back. */
  move(account: string, asset: string, since: string, change: bigint): (() => void) | undefined {
    const key = balanceKey(account, asset);
    const before = this.byBalance.get(key);
    if (before === undefined) return undefined;
    this.byBalance.set(
      key,
      before.map((each) => (each.since < since ? each : { since: each.since, low: each.low + change })),
    );
    return () => void this.byBalance.set(key, before);
  }
}
