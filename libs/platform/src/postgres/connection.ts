import pg from 'pg';
import { understood } from './database-errors.js';

/** Values of a statement's `$1, $2, …`. A bigint goes as it is; JSON must be given as text. */
export type Parameters = readonly unknown[];

/** Something that runs statements: the database, a transaction, or a connection. */
export interface Queryable {
  query<R extends object = Record<string, unknown>>(sql: string, parameters?: Parameters): Promise<R[]>;
}

/**
 * A checked-out connection. Errors of the server keep their SQLSTATE; a lost connection and a server that
 * can't work become `Fault`s.
 */
export class Connection implements Queryable {
  private lost = false;
  private readonly onError = (): void => {
    this.lost = true;
  };

  constructor(
    /** The raw client, for engines that use COPY or named statements. */
    readonly client: pg.ClientBase,
    private readonly giveBack: (broken: boolean) => void,
    private readonly answerLimitMs: number,
  ) {
    client.on('error', this.onError);
  }

  /** True once the connection is gone; what was sent last may or may not have happened. */
  get isLost(): boolean {
    return this.lost;
  }

  async query<R extends object = Record<string, unknown>>(
    sql: string,
    parameters?: Parameters,
  ): Promise<R[]> {
    return (
      await this.run<R>(parameters === undefined ? { text: sql } : { text: sql, values: [...parameters] })
    ).rows;
  }

  /** The raw result of a statement, also a named (prepared) one. */
  async run<R extends object>(statement: pg.QueryConfig): Promise<pg.QueryResult<R>> {
    const sentAt = Date.now();
    try {
      return await this.client.query<R>(statement);
    } catch (error) {
      // Without an answer within the limit, which is above the server's own, the server hangs or the
      // network is cut.
      if (!(error instanceof pg.DatabaseError) && Date.now() - sentAt >= this.answerLimitMs) this.lost = true;
      throw understood(error, this.lost);
    }
  }

  /** Gives the connection back; `broken` or a lost one is closed rather than reused. */
  release(broken = false): void {
    this.client.removeListener('error', this.onError);
    this.giveBack(broken || this.lost);
  }
}
