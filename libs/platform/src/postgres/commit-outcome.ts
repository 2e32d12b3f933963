import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../http/problem.js';
import type { Queryable } from './connection.js';
import { sqlStateOf } from './database-errors.js';

/** `unknown`: the server can't tell (it crashed meanwhile, or forgot); only the work's own key can. */
export type CommitOutcome = 'committed' | 'aborted' | 'unknown';

const PAUSE_MS = 50;
/** What pg_xact_status answers for an id that this server has not given out yet. */
const IN_THE_FUTURE = '22023';

// A crash resets the shared statistics, so their reset time names the server's life between two crashes.
const LIFE = `(select extract(epoch from stats_reset)::text from pg_stat_wal)`;

/**
 * The running transaction's id, to be asked about with `commitOutcome` when its COMMIT gets no answer.
 * Opaque: the `pg_current_xact_id()` and the server's life it belongs to.
 */
export async function noteTransaction(transaction: Queryable): Promise<string> {
  const [row] = await transaction.query<{ id: string }>(
    `select pg_current_xact_id()::text || '@' || ${LIFE} as id`,
  );
  if (row === undefined) throw new Error('PostgreSQL gave no transaction id');
  return row.id;
}

/**
 * What became of a transaction whose COMMIT got no answer, by its noted id. Waits while the database is
 * away or the transaction still runs, up to the limit.
 *
 * `aborted` is always right. `committed` is believed only when the server has not crashed since: an id that
 * never reached the disk is given out again after a crash, and would then speak for somebody else's
 * transaction. Source: https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT
 */
export async function commitOutcome(
  database: Queryable,
  transactionId: string,
  limitMs = 10_000,
): Promise<CommitOutcome> {
  const [xid = '', life = ''] = transactionId.split('@');
  const deadline = Date.now() + limitMs;
  for (;;) {
    const answer = await ask(database, xid, life);
    if (answer !== 'later') return answer;
    if (Date.now() > deadline) return 'unknown';
    await sleep(PAUSE_MS);
  }
}

interface Status {
  readonly status: string | null;
  readonly sameLife: boolean;
}

function meaningOf({ status, sameLife }: Status): CommitOutcome | 'later' {
  if (status === 'in progress') return 'later';
  if (status === 'aborted') return 'aborted';
  return status === 'committed' && sameLife ? 'committed' : 'unknown';
}

async function ask(database: Queryable, xid: string, life: string): Promise<CommitOutcome | 'later'> {
  const sql = `select pg_xact_status($1::xid8) as status, ${LIFE} = $2 as "sameLife"`;
  try {
    const [row] = await database.query<Status>(sql, [xid, life]);
    return row === undefined ? 'unknown' : meaningOf(row);
  } catch (error) {
    if (error instanceof Fault) return 'later';
    if (sqlStateOf(error) === IN_THE_FUTURE) return 'aborted';
    throw error;
  }
}
