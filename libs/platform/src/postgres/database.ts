import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Fault } from '../http/problem.js';
import { columnTypes } from './column-types.js';
import { Connection, type Parameters, type Queryable } from './connection.js';
import { CommitUnknown, DatabaseAway, isRefusedCommit, isTryAgain, understood } from './database-errors.js';
import { commitOutcome } from './commit-outcome.js';
import type { DatabaseOptions } from './database-options.js';
import { OpenTransaction, type Transaction } from './transaction.js';

/** Connections of the pool right now. */
export interface PoolUse {
  readonly size: number;
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

export interface TransactionOptions {
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
  readonly readOnly?: boolean;
  /**
   * Notes the transaction's id, so that a COMMIT without an answer is resolved here instead of being
   * thrown.
   */
  readonly settle?: boolean;
}

const ATTEMPTS = 6; // the first one and five more
const RETRY_STEP_MS = 5;

/**
 * The server notices within half a minute that a client's machine is gone, and frees its locks. Its default
 * is two hours, in which a vanished relay would still lead.
 * https://www.postgresql.org/docs/current/runtime-config-connection.html
 */
const KEEPALIVES = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3';

/** Compiling a plan costs more than any statement of ours takes, and an estimate that is off sets it off. */
const NO_JIT = '-c jit=off';

/** One PostgreSQL database: statements, transactions with retries, and the pool behind them. */
export class Database implements Queryable {
  private readonly ambient = new AsyncLocalStorage<OpenTransaction>();
  private readonly signals = new EventEmitter();
  private readonly connections: pg.Pool;
  private readonly settings: Required<DatabaseOptions>;

  constructor(options: DatabaseOptions) {
    this.settings = {
      poolSize: 8,
      waitersLimit: 2_000,
      poolWaitMs: 5_000,
      statementTimeoutMs: 30_000,
      lockTimeoutMs: 10_000,
      idleInTransactionTimeoutMs: 30_000,
      session: {},
      ...options,
    };
    this.signals.setMaxListeners(0);
    this.connections = new pg.Pool({ ...this.clientConfig(), max: this.settings.poolSize });
    // Idle connections die with the server; without a listener the first one would end the process.
    this.connections.on('error', (error) => {
      this.settings.logger.warn('An idle database connection was lost', { error });
    });
  }

  /** The service's name, as given. */
  get name(): string {
    return this.settings.name;
  }

  /** Gauges of the pool. */
  get pool(): PoolUse {
    const { totalCount, idleCount, waitingCount } = this.connections;
    return { size: this.settings.poolSize, total: totalCount, idle: idleCount, waiting: waitingCount };
  }

  /** Runs one statement, inside the transaction at hand when there is one. @throws Fault */
  async query<R extends object = Record<string, unknown>>(
    sql: string,
    parameters?: Parameters,
  ): Promise<R[]> {
    const open = this.ambient.getStore();
    if (open !== undefined) return open.query<R>(sql, parameters);
    const connection = await this.checkOut();
    try {
      return await connection.query<R>(sql, parameters);
    } finally {
      connection.release();
    }
  }

  /**
   * Runs the work in one transaction: committed when it returns, rolled back when it throws. Inside a
   * transaction it joins that one, so work never waits for a second connection while holding the first.
   *
   * Serialization failures and deadlocks run the whole work again (5 times, with jitter): it must be
   * repeatable and must not call the outside. @throws CommitUnknown when COMMIT got no answer; @throws
   * Fault when the database is away
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const open = this.ambient.getStore();
    if (open !== undefined) return work(open);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt(work, options);
      } catch (error) {
        if (!isTryAgain(error)) throw error;
        if (attempt === ATTEMPTS)
          throw new Fault('contention', 'The transaction kept conflicting', 1, { cause: error });
        await sleep(Math.random() * RETRY_STEP_MS * 2 ** attempt);
      }
    }
  }

  /** Runs after the commit of the transaction at hand, or at once when there is none. */
  afterCommit(effect: () => void): void {
    const open = this.ambient.getStore();
    if (open === undefined) effect();
    else open.afterCommit(effect);
  }

  /** Listens to `Transaction.signal`; returns the way to stop. */
  onSignal(name: string, listener: () => void): () => void {
    this.signals.on(name, listener);
    return () => this.signals.off(name, listener);
  }

  /** Tells the listeners of this process that something was committed on a connection of their own. */
  signal(name: string): void {
    this.signals.emit(name);
  }

  /** Runs work that must not join the transaction at hand, such as starting a timer. */
  outside<T>(work: () => T): T {
    return this.ambient.exit(work);
  }

  /** A connection from the pool for an engine that manages its own transaction; the caller releases it. */
  async connection(): Promise<Connection> {
    this.refuseInsideTransaction('connection()');
    return this.checkOut();
  }

  /**
   * A connection of its own, outside the pool, for what holds one for long (a lock, a stream). Release
   * closes it.
   */
  async session(): Promise<Connection> {
    this.refuseInsideTransaction('session()');
    const client = new pg.Client(this.clientConfig());
    client.on('error', () => undefined);
    try {
      await client.connect();
    } catch (error) {
      throw understood(error, true);
    }
    return new Connection(client, () => void client.end().catch(() => undefined), this.answerLimitMs());
  }

  /** One prepared statement on a connection of the pool, outside any transaction. @throws Fault */
  async run<R extends object>(statement: pg.QueryConfig): Promise<pg.QueryResult<R>> {
    const connection = await this.connection();
    try {
      return await connection.run<R>(statement);
    } finally {
      connection.release();
    }
  }

  /** The same database through a pool of its own, with settings of its own; its user closes it. */
  sibling(
    options: Pick<
      DatabaseOptions,
      'poolSize' | 'session' | 'statementTimeoutMs' | 'idleInTransactionTimeoutMs'
    >,
  ): Database {
    return new Database({ ...this.settings, ...options });
  }

  /** Waits for connections in use to come back, then closes all. */
  async close(): Promise<void> {
    await this.connections.end();
  }

  private async attempt<T>(work: (tx: Transaction) => Promise<T>, options: TransactionOptions): Promise<T> {
    const connection = await this.checkOut();
    const open = new OpenTransaction(connection, (signal) => this.signals.emit(signal));
    let broken = false;
    try {
      await connection.query(beginning(options));
      if (options.settle === true) await open.id();
      const result = await this.ambient.run(open, () => work(open));
      await open.end();
      await this.commit(connection, open, options);
      return result;
    } catch (error) {
      await open.end();
      if (!connection.isLost) await connection.query('rollback').catch(() => (broken = true));
      throw error;
    } finally {
      connection.release(broken);
    }
  }

  private async commit(
    connection: Connection,
    open: OpenTransaction,
    options: TransactionOptions,
  ): Promise<void> {
    const command = await connection.run({ text: 'commit' }).then(
      (result) => result.command,
      async (error: unknown) => {
        if (isRefusedCommit(error)) throw error;
        const unknown = new CommitUnknown(open.transactionId, error);
        if (options.settle !== true || open.transactionId === undefined) throw unknown;
        await this.settle(open.transactionId, unknown);
        return 'COMMIT';
      },
    );
    // A transaction in which a statement failed “commits” by rolling back, without an error.
    if (command !== 'COMMIT')
      throw new Error('The transaction was rolled back: an error in it was swallowed');
    for (const effect of open.effects) this.outside(effect);
  }

  private async settle(transactionId: string, unknown: CommitUnknown): Promise<void> {
    const outcome = await this.outside(() => commitOutcome(this, transactionId));
    if (outcome === 'aborted') throw new DatabaseAway(unknown.cause);
    if (outcome === 'unknown') throw unknown;
  }

  private async checkOut(): Promise<Connection> {
    const { waitersLimit, poolWaitMs } = this.settings;
    if (this.connections.waitingCount >= waitersLimit)
      throw overloaded(`${waitersLimit} callers already wait for a connection`);
    const askedAt = Date.now();
    try {
      const client = await this.connections.connect();
      return new Connection(client, (broken) => client.release(broken), this.answerLimitMs());
    } catch (error) {
      // A wait that ran out has no cause of its own; a connection that could not be made has one, or fails
      // sooner. Timers and the clock may disagree by a few milliseconds.
      const waitRanOut = Date.now() - askedAt >= poolWaitMs - 10 && !hasCause(error);
      throw waitRanOut ? overloaded('No connection came free in time') : understood(error, true);
    }
  }

  private refuseInsideTransaction(what: string): void {
    if (this.ambient.getStore() === undefined) return;
    throw new Error(
      `${what} inside a transaction: a second connection while holding the first ends in a standstill`,
    );
  }

  private answerLimitMs(): number {
    return this.settings.statementTimeoutMs + 5_000;
  }

  private clientConfig(): pg.ClientConfig {
    const { url, name, poolWaitMs, statementTimeoutMs, lockTimeoutMs, idleInTransactionTimeoutMs, session } =
      this.settings;
    return {
      connectionString: url,
      application_name: name,
      types: columnTypes,
      keepAlive: true,
      options: [
        KEEPALIVES,
        NO_JIT,
        ...Object.entries(session).map(([name, value]) => `-c ${name}=${value}`),
      ].join(' '),
      connectionTimeoutMillis: poolWaitMs,
      query_timeout: this.answerLimitMs(),
      statement_timeout: statementTimeoutMs,
      lock_timeout: lockTimeoutMs,
      idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
    };
  }
}

function overloaded(why: string): Fault {
  return new Fault('overloaded', why, 1);
}

/** The network's own errors carry a code; a connection that took too long carries why as its cause. */
function hasCause(error: unknown): boolean {
  return error instanceof Error && ('code' in error || error.cause !== undefined);
}

function beginning({ isolation = 'read committed', readOnly = false }: TransactionOptions): string {
  return `begin isolation level ${isolation}${readOnly ? ' read only' : ''}`;
}
