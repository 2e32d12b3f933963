import type { Connection } from '../../postgres/connection.js';
import type { Database } from '../../postgres/database.js';

/**
 * One relay at a time, by an advisory lock that lives as long as its session. It only saves double work: a
 * paused process that still believes to lead publishes duplicates, and nothing worse.
 */
export class Leadership {
  private session: Connection | undefined;
  private leads = false;

  constructor(
    private readonly database: Database,
    private readonly name: string,
  ) {}

  /** The session that holds the lock; undefined while another process leads. @throws Fault */
  async take(): Promise<Connection | undefined> {
    if (this.session?.isLost === true) this.resign();
    this.session ??= await this.database.session();
    if (!this.leads) this.leads = await this.tryLock(this.session);
    return this.leads ? this.session : undefined;
  }

  /** Gives the lock up by closing its session. */
  resign(): void {
    this.session?.release(true);
    this.session = undefined;
    this.leads = false;
  }

  private async tryLock(session: Connection): Promise<boolean> {
    const sql = 'select pg_try_advisory_lock(hashtextextended($1, 0)) as leads';
    const [row] = await session.query<{ leads: boolean }>(sql, [`defter relay ${this.name}`]);
    return row?.leads === true;
  }
}
