import type { Connection } from '../../postgres/connection.js';
import type { Database } from '../../postgres/database.js';

/** A leader that says nothing for so long is taken for stopped. */
const LEASE_MS = 3_000;

const TRY_LOCK = 'select pg_try_advisory_lock(hashtextextended($1, 0)) as leads';

/**
 * Ends the session that holds the lock when nothing came over it for the length of a lease, unless it is at
 * work: then its process waits for the answer, or doesn't take it. A bigint's lock has its upper half in
 * `classid` and its lower one in `objid`. Both sessions have the same role, so no right is needed.
 * https://www.postgresql.org/docs/current/view-pg-locks.html
 */
const END_SILENT_LEADER = `
select pg_terminate_backend(activity.pid) as ended
from pg_locks held
join pg_stat_activity activity on activity.pid = held.pid
where held.locktype = 'advisory' and held.granted and held.objsubid = 1
  and held.database = (select oid from pg_database where datname = current_database())
  and (held.classid::bigint << 32) | held.objid::bigint = hashtextextended($1, 0)
  and (activity.state <> 'active' or activity.wait_event = 'ClientWrite')
  and activity.state_change < clock_timestamp() - $2::int8 * interval '1 millisecond'`;

/**
 * One relay at a time, by an advisory lock of a session that is heard from at least every lease: the process
 * that has it says a word now and then, and one that is stopped (SIGSTOP, a frozen machine) loses it to the
 * next. The lock only saves double work: a stopped process that comes back publishes duplicates, and nothing
 * worse, because what was published is noted by compare-and-set.
 */
export class Leadership {
  private session: Connection | undefined;
  private leads = false;
  private heartbeat: NodeJS.Timeout | undefined;
  private lookedAt = 0;

  constructor(
    private readonly database: Database,
    private readonly name: string,
    private readonly leaseMs = LEASE_MS,
  ) {}

  /** The session that holds the lock; undefined while another process leads. @throws Fault */
  async take(): Promise<Connection | undefined> {
    if (this.session?.isLost === true) this.resign();
    this.session ??= await this.database.session();
    if (!this.leads) await this.contend(this.session);
    return this.leads ? this.session : undefined;
  }

  /** Gives the lock up by closing its session. */
  resign(): void {
    clearInterval(this.heartbeat);
    this.session?.release(true);
    this.session = undefined;
    this.leads = false;
  }

  private async contend(session: Connection): Promise<void> {
    this.leads = await this.tryLock(session);
    if (this.leads) return this.keepTheLease(session);
    if (Date.now() - this.lookedAt < this.leaseMs / 4) return;
    this.lookedAt = Date.now();
    await session.query(END_SILENT_LEADER, [this.lockName, this.leaseMs]);
  }

  private async tryLock(session: Connection): Promise<boolean> {
    const [row] = await session.query<{ leads: boolean }>(TRY_LOCK, [this.lockName]);
    return row?.leads === true;
  }

  /** Also during a long turn: a leader that waits for the broker isn't stopped. */
  private keepTheLease(session: Connection): void {
    this.heartbeat = setInterval(() => {
      // A lost session is seen at the next turn.
      session.query('select 1').catch(() => undefined);
    }, this.leaseMs / 4);
    this.heartbeat.unref();
  }

  private get lockName(): string {
    return `defter relay ${this.name}`;
  }
}
