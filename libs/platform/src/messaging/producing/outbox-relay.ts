import type { Database } from '../../postgres/database.js';
import type { Connection } from '../../postgres/connection.js';
import type { CrashPoints, RelayCrashPoint } from '../../service/crash-points.js';
import type { Task } from '../../service/lifecycle.js';
import type { Logger } from '../../service/logger.js';
import type { Metrics } from '../../service/metrics.js';
import { toHeaders } from '../cloud-event.js';
import type { Messaging, OutgoingRecord } from '../messaging.js';
import { Leadership } from './leadership.js';
import { OUTBOX_SIGNAL } from './outbox.js';
import { relayMetrics, type RelayMetrics } from './relay-metrics.js';
import { Turns, type Turn } from './turns.js';

export interface OutboxRelayOptions {
  readonly database: Database;
  readonly messaging: Messaging;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly crash?: CrashPoints<RelayCrashPoint>;
  readonly pollMs?: number;
  /** How long published rows stay, for a broker that has to be refilled. */
  readonly keepMs?: number;
  readonly pruneEveryMs?: number;
}

interface OutboxRow {
  readonly position: bigint;
  readonly tenantId: string;
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly subject: string | null;
  readonly traceparent: string | null;
  readonly body: string;
  readonly time: Date;
}

const BATCH = 500;
const DAY_MS = 86_400_000;

// By “not yet published”, never by “greater than the last one”: positions become visible out of order.
const UNPUBLISHED = `
  select position, tenant_id as "tenantId", message_id as id, topic, key, type, subject, traceparent, body,
         created_at as time
    from outbox where published_at is null order by position limit ${BATCH}`;
const MARK = `
  update outbox set published_at = clock_timestamp()
    from unnest($1::text[], $2::text[]) as done (tenant_id, message_id)
   where outbox.tenant_id = done.tenant_id and outbox.message_id = done.message_id
     and outbox.published_at is null`;
// The index on unpublished rows is by position; the lowest one is the oldest but for commits in flight.
const OLDEST = `
  select extract(epoch from clock_timestamp() - created_at)::float8 as seconds
    from outbox where published_at is null order by position limit 1`;
const PRUNE_ROWS = 5_000;
/** In one go: more than a relay publishes between two of them. */
const PRUNE_ROUNDS = 100;
const PRUNE = `
  delete from outbox where ctid = any (array(
    select ctid from outbox
     where published_at < now() - $1::int8 * interval '1 millisecond' limit ${PRUNE_ROWS}))
  returning 1`;

/**
 * Publishes the outbox: read unpublished rows in order, publish, mark. A crash between publish and mark
 * publishes again; a row is never skipped, because only its own mark takes it out.
 */
export class OutboxRelay implements Task {
  readonly name = 'outbox relay';
  private readonly turns: Turns;
  private readonly leadership: Leadership;
  private readonly metrics: RelayMetrics;
  private unlisten: (() => void) | undefined;
  private prunedAt = Date.now();

  constructor(private readonly options: OutboxRelayOptions) {
    const { database, logger, metrics, pollMs = 50 } = options;
    this.leadership = new Leadership(database, 'outbox');
    this.metrics = relayMetrics(metrics);
    metrics.gauge(
      'defter_outbox_oldest_unpublished_seconds',
      'Age of the oldest message that no relay has published',
      [],
      async (gauge) => {
        // While the database is away the gauge keeps its value, and the relay's own warnings say why.
        const rows = await database.query<{ seconds: number }>(OLDEST).catch(() => undefined);
        if (rows !== undefined) gauge.set(rows[0]?.seconds ?? 0);
      },
    );
    this.turns = new Turns(
      () => this.turn(),
      (error) => logger.warn('The outbox relay will try again', { error }),
      pollMs,
    );
  }

  start(): Promise<void> {
    this.unlisten = this.options.database.onSignal(OUTBOX_SIGNAL, () => this.turns.wake());
    this.turns.start();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.unlisten?.();
    await this.turns.stop();
    this.leadership.resign();
  }

  private async turn(): Promise<Turn> {
    const session = await this.leadership.take();
    if (session === undefined) return 'idle';
    const rows = await session.query<OutboxRow>(UNPUBLISHED);
    await this.prune(session);
    if (rows.length === 0) return 'idle';
    const { messaging, database, crash } = this.options;
    crash?.reach('outbox.before-send');
    await messaging.publish(rows.map((row) => toRecord(row, database.name)));
    crash?.reach('outbox.after-send');
    await session.query(MARK, [rows.map(({ tenantId }) => tenantId), rows.map(({ id }) => id)]);
    crash?.reach('outbox.after-mark');
    this.metrics.published('outbox', rows);
    return rows.length === BATCH ? 'busy' : 'idle';
  }

  private async prune(session: Connection): Promise<void> {
    const { keepMs = 7 * DAY_MS, pruneEveryMs = 60_000 } = this.options;
    if (Date.now() - this.prunedAt < pruneEveryMs) return;
    this.prunedAt = Date.now();
    for (let round = 0; round < PRUNE_ROUNDS; round++) {
      const gone = await session.query(PRUNE, [keepMs]);
      if (gone.length < PRUNE_ROWS) return;
    }
  }
}

function toRecord(row: OutboxRow, source: string): OutgoingRecord {
  const { id, tenantId, type, time, subject, traceparent, topic, key, body } = row;
  const event = {
    id,
    tenantId,
    type,
    time,
    source,
    subject: subject ?? undefined,
    traceparent: traceparent ?? undefined,
  };
  return { topic, key, value: body, headers: toHeaders(event) };
}
