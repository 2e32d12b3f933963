import type { Connection } from '@defter/platform';

/** The row that decides a ledger's order, as it was when it was locked. */
export interface Head {
  readonly sequence: number;
  readonly lastTransactionId: number;
  readonly lastBatch: number;
  readonly hash: Buffer;
  readonly settingsVersion: number;
  /** The latest effective time of what was recorded with a date of its own; null when nothing was. */
  readonly latestEffectiveAt: string | null;
}

interface HeadRow {
  sequence: string;
  last_transaction_id: string;
  last_batch: string;
  hash: Buffer;
  settings_version: number;
  latest_effective_at: string | null;
}

// Plans are pinned: a statement prepared while the tables were small would otherwise keep its sequential
// scan.
const BEGIN = `begin;
set local plan_cache_mode = force_generic_plan;
set local enable_seqscan = off;
set local enable_hashjoin = off;
set local enable_mergejoin = off;
set local jit = off;`;

/**
 * Opens the transaction and locks the head, in one round trip. What the batch needs is read by a later
 * statement, whose snapshot is taken after the lock: a replica that held it before us has committed by then.
 */
export const beginWithHead = async (connection: Connection, ledgerId: number): Promise<Head> => {
  const results = (await connection.run({
    text: `${BEGIN}
select sequence::text, last_transaction_id::text, last_batch::text, hash, settings_version,
  to_char(latest_effective_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as latest_effective_at
from ledger_head where ledger_id = ${ledgerId} for update`,
  })) as unknown as { rows: HeadRow[] }[];
  const row = results.at(-1)?.rows[0];
  if (row === undefined) throw new Error(`Ledger ${ledgerId} has no head`);
  return {
    sequence: parseInt(row.sequence, 10),
    lastTransactionId: parseInt(row.last_transaction_id, 10),
    lastBatch: parseInt(row.last_batch, 10),
    hash: row.hash,
    settingsVersion: row.settings_version,
    latestEffectiveAt: row.latest_effective_at,
  };
};
