import { noteTransaction } from './commit-outcome.js';
import type { Connection, Parameters, Queryable } from './connection.js';

/** An open transaction. It commits when the work given to `Database.transaction` ends, and not before. */
export interface Transaction extends Queryable {
  /**
   * Runs after the commit, outside of the transaction, in order; dropped when it is rolled back. Must not
   * throw.
   */
  afterCommit(effect: () => void): void;
  /**
   * Undoes only its own writes when the work throws, and throws on. Retries belong to the whole
   * transaction.
   */
  savepoint<T>(work: () => Promise<T>): Promise<T>;
  /** Wakes listeners of `Database.onSignal(name)` after the commit. Only speeds things up: they poll, too. */
  signal(name: string): void;
  /** Notes the transaction's id; from then on a lost commit can be resolved with `commitOutcome`. */
  id(): Promise<string>;
}

/** The transaction as `Database` sees it. */
export class OpenTransaction implements Transaction {
  readonly effects: (() => void)[] = [];
  transactionId: string | undefined;
  private ended = false;
  private savepoints = 0;
  /** node-postgres wants one statement at a time on a connection; work done in parallel queues here. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly connection: Connection,
    private readonly emit: (signal: string) => void,
  ) {}

  query<R extends object = Record<string, unknown>>(sql: string, parameters?: Parameters): Promise<R[]> {
    if (this.ended) {
      return Promise.reject(
        new Error(
          'A statement came after the end of its transaction: something in it was not awaited. ' +
            'What has to outlive the transaction is started with Database.outside or afterCommit.',
        ),
      );
    }
    const answer = this.last.then(() => this.connection.query<R>(sql, parameters));
    this.last = answer.catch(() => undefined);
    return answer;
  }

  afterCommit(effect: () => void): void {
    this.effects.push(effect);
  }

  signal(name: string): void {
    this.effects.push(() => this.emit(name));
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    const name = `defter_${++this.savepoints}`;
    const effectsBefore = this.effects.length;
    await this.query(`savepoint ${name}`);
    try {
      const result = await work();
      await this.query(`release savepoint ${name}`);
      return result;
    } catch (error) {
      await this.query(`rollback to savepoint ${name}`);
      this.effects.length = effectsBefore;
      throw error;
    }
  }

  async id(): Promise<string> {
    this.transactionId = await noteTransaction(this);
    return this.transactionId;
  }

  /** Waits for statements under way and refuses any further one. */
  async end(): Promise<void> {
    this.ended = true;
    await this.last;
  }
}
