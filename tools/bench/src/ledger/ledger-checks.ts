import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** What the database says after a run. */
export interface BookState {
  readonly transactions: number;
  /** Bytes of all tables and indexes that a transaction writes. */
  readonly bytes: number;
}

/**
 * Counts the transactions of the bench's ledger. @throws Error when the sums are off: such a benchmark has
 * failed
 */
export const checkBooks = async (databaseUrl: string): Promise<BookState> => {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows: drift } = await client.query(`
      with moved as (
        select ledger_id, destination as account, asset, amount from posting
        union all select ledger_id, source, asset, -amount from posting),
      folded as (select ledger_id, account, asset, sum(amount) as posted from moved group by 1, 2, 3)
      select 1 from folded full join balance using (ledger_id, account, asset)
      where folded.posted is distinct from balance.input - balance.output
      union all select 1 from balance group by asset having sum(input - output) <> 0
      union all select 1 from balance where account <> 'world' and input - output < 0 limit 1`);
    if (drift.length > 0)
      throw new Error('The balances are not the fold of the postings: the benchmark has failed');
    const { rows } = await client.query<{ transactions: string; bytes: string }>(`
      select (select count(*) from transaction) as transactions,
        (select sum(pg_total_relation_size(oid)) from pg_class
          where relname in ('event', 'posting', 'transaction', 'batch') and relkind = 'r') as bytes`);
    return {
      transactions: parseInt(rows[0]?.transactions ?? '0', 10),
      bytes: parseInt(rows[0]?.bytes ?? '0', 10),
    };
  } finally {
    await client.end();
  }
};

const LOOK_MS = 200;

/** Returns when every event that was committed has been published. */
export const untilPublished = async (databaseUrl: string): Promise<void> => {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (;;) {
      const { rowCount } = await client.query(`
        select from ledger_head head
        left join relay_checkpoint checkpoint
          on checkpoint.ledger_id = head.ledger_id and checkpoint.relay = 'kafka'
        where head.sequence > coalesce(checkpoint.sequence, 0) limit 1`);
      if (rowCount === 0) return;
      await sleep(LOOK_MS);
    }
  } finally {
    await client.end();
  }
};
