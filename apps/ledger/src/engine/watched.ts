import { type LedgerEvent, type LedgerState, touchedBalances } from '@defter/ledger-domain';
import type { EngineRefusal } from './submission.js';

/**
 * Monitors that may watch what one event touches. A turn is 89 bytes at most (an id of 64 and its frame), so
 * they are at most 87 KiB: with the 700 KiB of `recordable.ts` less than the 900 KiB of a record on Kafka.
 * What isn't published would stop the ledger's publication for ever.
 */
export const MOST_WATCHING = 1_000;

/** Refuses an event that could turn more monitors than can be told; nothing of it is applied yet. */
export const refuseTooWatched = (
  [event]: readonly LedgerEvent[],
  { monitors }: LedgerState,
): EngineRefusal | undefined => {
  if (monitors === undefined || event === undefined) return undefined;
  const watching = touchedBalances(event).reduce(
    (sum, [account, asset]) => sum + (monitors.on(account, asset)?.length ?? 0),
    0,
  );
  if (watching <= MOST_WATCHING) return undefined;
  return { code: 'too-many-monitors', watching, most: MOST_WATCHING };
};
