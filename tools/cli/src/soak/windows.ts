/**
 * Where in the order of events something that left no event was decided: an answer came after all that its
 * caller could have heard of before, and before all that was asked later.
 */
import type { Call } from './call.js';
import type { BatchTime } from './ledger-log.js';

export interface Window {
  /** Decided with at least this many events behind it, and at most that many. */
  readonly from: number;
  readonly to: number;
}

export const meet = (one: Window, other: Window): Window => ({
  from: Math.max(one.from, other.from),
  to: Math.min(one.to, other.to),
});

/** The window of a call by what its caller, and later ones, were told. */
export class Windows {
  private readonly sent: readonly number[];
  /** The lowest event that a call at this place in the order of sending, or a later one, made. */
  private readonly lowest: readonly number[];

  constructor(calls: readonly Call[]) {
    const inOrder = [...calls].sort((a, b) => a.sentAt - b.sentAt);
    this.sent = inOrder.map(({ sentAt }) => sentAt);
    const lowest: number[] = [];
    let low = Infinity;
    for (const call of inOrder.reverse()) {
      for (const { sequence } of call.dryRun ? [] : (call.answer?.told ?? []))
        low = Math.min(low, sequence ?? low);
      lowest.push(low);
    }
    this.lowest = lowest.reverse();
  }

  of({ after, answeredAt }: Call): Window {
    if (answeredAt === undefined) return { from: after, to: Infinity };
    const next = firstAbove(this.sent, answeredAt);
    return { from: after, to: (this.lowest[next] ?? Infinity) - 1 };
  }
}

/** A refusal that was kept has the time of its batch: it lies in that batch, or between two. */
export const windowAt = (batches: readonly BatchTime[], times: readonly string[], at: string): Window => ({
  from: batches[firstAbove(times, at, true) - 1]?.last ?? 0,
  to: batches[firstAbove(times, at) - 1]?.last ?? 0,
});

/** Index of the first item above the value, or from it on; the list is sorted. */
const firstAbove = <T extends number | string>(list: readonly T[], value: T, orEqual = false): number => {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = list[middle] as T;
    if (item > value || (orEqual && item === value)) high = middle;
    else low = middle + 1;
  }
  return low;
};
