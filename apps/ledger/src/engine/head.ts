import type { LoadedRow } from './load.sql.js';

/** The row that decides a ledger's order, as it was when it was read. */
export interface Head {
  readonly sequence: number;
  readonly lastTransactionId: number;
  readonly lastBatch: number;
  /** Commits of writers so far; refusals count, too. */
  readonly revision: number;
  /** The chained hash: two heads with the same one have the same events behind them. */
  readonly hash: Buffer;
  readonly settingsVersion: number;
  /** The latest effective time of what was recorded with a date of its own; null when nothing was. */
  readonly latestEffectiveAt: string | null;
}

/** The head as a batch read it. */
export const headOf = (row: LoadedRow): Head => ({
  sequence: parseInt(row.sequence, 10),
  lastTransactionId: parseInt(row.lastTransactionId, 10),
  lastBatch: parseInt(row.lastBatch, 10),
  revision: parseInt(row.revision, 10),
  hash: row.hash,
  settingsVersion: row.settingsVersion,
  latestEffectiveAt: row.latestEffectiveAt,
});

/** Whether nothing of the ledger changed between the two. */
export const isSameHead = (one: Head, other: Head): boolean =>
  one.revision === other.revision &&
  one.settingsVersion === other.settingsVersion &&
  one.hash.equals(other.hash);

/**
 * Settings of the sessions that write. Plans are pinned: a statement prepared while the tables were small
 * would otherwise keep its sequential scan.
 */
export const WRITER_SESSION: Readonly<Record<string, string>> = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  jit: 'off',
};
