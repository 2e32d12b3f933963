import pg from 'pg';
import { Fault } from '../http/problem.js';

/** Serialization failure and deadlock: PostgreSQL asks for the whole transaction again. */
const AGAIN = new Set(['40001', '40P01']);

/**
 * SQLSTATE classes and codes that say “not now” rather than “wrong”: connection exceptions (08), insufficient
 * resources (53), operator intervention (57: shutdown, crash, starting up), system errors (58), and a write
 * on a server that is now a standby (25006). https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const AWAY = /^(08|53|57P|58|25006)/;
const QUERY_CANCELED = '57014';
const LOCK_NOT_AVAILABLE = '55P03';

/** The transaction must be run again from its start: another one was in the way. */
export class TryAgain extends Error {}

/** The database can't be reached or can't work now: 503, nothing was changed by us. */
export class DatabaseAway extends Fault {
  constructor(cause: unknown) {
    super('database-away', 'The database is away', 1, { cause });
  }
}

/**
 * The connection was lost while COMMIT was on its way: the transaction may be applied or not. Never repeat
 * the work blindly: ask by its key, or with `commitOutcome` when `transactionId` was noted.
 */
export class CommitUnknown extends Fault {
  constructor(
    /** The transaction's noted id (`Transaction.id`), when it was noted. */
    readonly transactionId: string | undefined,
    cause: unknown,
  ) {
    super('commit-unknown', 'The outcome of a commit is unknown', 1, { cause });
  }
}

/** The SQLSTATE of what the server answered; undefined when the error isn't from the server. */
export function sqlStateOf(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

/** Whether the transaction may succeed when it is run again from its start. */
export function isTryAgain(error: unknown): boolean {
  return error instanceof TryAgain || AGAIN.has(sqlStateOf(error) ?? '');
}

/**
 * Whether an error of COMMIT says for certain that nothing was applied: a deferred constraint, a
 * serialization failure. No other does: a server that is shut down, or a wait for a standby that is cut
 * off, may have committed before.
 */
export function isRefusedCommit(error: unknown): boolean {
  const state = sqlStateOf(error) ?? '';
  return AGAIN.has(state) || state.startsWith('23');
}

/** Gives an error its meaning: a `Fault` where the database is away or overloaded, else the error itself. */
export function understood(error: unknown, connectionLost: boolean): unknown {
  const state = sqlStateOf(error);
  if (state === undefined)
    return connectionLost && !(error instanceof Fault) ? new DatabaseAway(error) : error;
  if (state === QUERY_CANCELED || state === LOCK_NOT_AVAILABLE) {
    return new Fault('database-busy', 'A statement or lock took longer than its limit', 1, { cause: error });
  }
  return AWAY.test(state) ? new DatabaseAway(error) : error;
}
