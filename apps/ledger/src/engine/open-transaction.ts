import type { Connection, Database } from '@defter/platform';

/**
 * A transaction on a connection that is given back the moment something fails: whoever then asks what
 * became of
 * a commit needs a connection, and must not wait for the one that he holds himself.
 */
export class OpenTransaction {
  private constructor(private readonly connection: Connection) {}

  /** Begins one; with a ledger, holding its head. @throws Fault */
  static async begin(database: Database, lockedLedger?: number): Promise<OpenTransaction> {
    const transaction = new OpenTransaction(await database.connection());
    const lock = `; select 1 from ledger_head where ledger_id = ${lockedLedger} for update`;
    await transaction.use((connection) => connection.query(`begin${lockedLedger === undefined ? '' : lock}`));
    return transaction;
  }

  /** Works on it; a failure ends it, and nothing of it counts. */
  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    try {
      return await work(this.connection);
    } catch (error) {
      // Closing the connection rolls back whatever is open on it.
      this.connection.release(true);
      throw error;
    }
  }

  async end(how: 'commit' | 'rollback'): Promise<void> {
    await this.use((connection) => connection.query(how));
    this.connection.release();
  }
}
