import type { Call, Told } from './call.js';
import type { Check } from './checks.js';
import type { Journal } from './journal.js';
import type { BatchTime, RefusedKey } from './ledger-log.js';
import { isUndecided, nameOf } from './places.js';
import { meet, type Window, windowAt, Windows } from './windows.js';

/** What the answers are compared with, beside the events. */
export interface Kept {
  readonly refused: ReadonlyMap<string, RefusedKey>;
  readonly batches: readonly BatchTime[];
}

/** All answers that left no event: refusals, also of those who never heard of it, and dry runs. */
export const checkList = (journal: Journal, { refused, batches }: Kept): Check[] => {
  const times = batches.map(({ recordedAt }) => recordedAt);
  if (times.some((time, index) => time < (times[index - 1] ?? '')))
    journal.differs('Batches go back in time');
  const windows = new Windows(journal.calls);
  const checkOf = (call: Call, index: number): Check | undefined => {
    const { key = '' } = call.steps[index] ?? {};
    const kept = refused.get(key);
    const told =
      call.answer?.told[index] ?? (kept && { ok: false, code: kept.refusal.code, facts: kept.refusal });
    if (told === undefined || isElsewhere(call, told)) return undefined;
    const window = meet(between(call, index), windows.of(call));
    if (kept === undefined) {
      if (key !== '') journal.differs(`${nameOf(call, index)} is refused, and not kept`);
      return { call, index, told, window, at: undefined };
    }
    const { refusedAt } = kept;
    return { call, index, told, window: meet(window, windowAt(batches, times, refusedAt)), at: refusedAt };
  };
  return journal.calls.flatMap((call) => call.steps.flatMap((_, index) => checkOf(call, index) ?? []));
};

/** It left an event, or was refused because of another step. */
const isElsewhere = ({ dryRun }: Call, told: Told): boolean => (told.ok && !dryRun) || isUndecided(told);

/** The steps of a bulk are decided in their order: a refused one lies between its accepted neighbours. */
const between = ({ answer, dryRun }: Call, index: number): Window => {
  const told = dryRun ? [] : (answer?.told ?? []);
  const before = told.slice(0, index).findLast(({ ok }) => ok)?.sequence ?? 0;
  const behind = told.slice(index + 1).find(({ ok }) => ok)?.sequence ?? Infinity;
  return { from: before, to: behind - 1 };
};
