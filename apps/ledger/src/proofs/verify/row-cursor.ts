import type { Connection } from '@defter/platform';

const PAGE = 1_000;

/** The rows of a query, in its order, a page at a time: memory stays small however many there are. */
export class RowCursor<R extends object> {
  private rows: R[] = [];
  private at = 0;
  private ended = false;

  private constructor(
    private readonly connection: Connection,
    private readonly name: string,
  ) {}

  /** Opens a cursor in the transaction at hand. */
  static async open<R extends object>(
    connection: Connection,
    name: string,
    sql: string,
  ): Promise<RowCursor<R>> {
    await connection.query(`declare ${name} no scroll cursor for ${sql}`);
    return new RowCursor<R>(connection, name);
  }

  /** The next row, which stays; undefined at the end. */
  async peek(): Promise<R | undefined> {
    if (this.at === this.rows.length && !this.ended) {
      this.rows = await this.connection.query<R>(`fetch ${PAGE} from ${this.name}`);
      this.at = 0;
      this.ended = this.rows.length < PAGE;
    }
    return this.rows[this.at];
  }

  /** The next row, which is taken. */
  async take(): Promise<R | undefined> {
    const row = await this.peek();
    this.at += row === undefined ? 0 : 1;
    return row;
  }

  /** Takes rows for as long as they satisfy the condition. */
  async *while(condition: (row: R) => boolean): AsyncGenerator<R> {
    for (let row = await this.peek(); row !== undefined && condition(row); row = await this.peek()) {
      this.at += 1;
      yield row;
    }
  }

  async close(): Promise<void> {
    await this.connection.query(`close ${this.name}`);
  }
}
