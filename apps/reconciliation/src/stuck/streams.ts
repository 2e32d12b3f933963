import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK, Database } from '@defter/platform';
import { Journal } from '../journal/journal.js';
import { LedgerApi } from '../ledger-api.js';
import type { JobTenant } from '../tenants.js';
import { sumOf, type Watched, type WatchedServices } from '../watched-services.js';

/** A way on which messages come, and how late it is. */
export interface StreamState {
  readonly stream: string;
  /** Of the oldest message that hasn't arrived; 0 when all have. */
  readonly lateSeconds: number;
  /** How many haven't, where that is counted. */
  readonly behind: number | null;
}

const OWN_OUTBOX = `
  select coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8 as seconds,
         count(*)::int as behind
    from outbox where tenant_id = $1 and published_at is null`;

/** Names of gauges that say how old the oldest thing is which a service hasn't passed on. */
const AGES = [
  ['outbox', 'defter_outbox_oldest_unpublished_seconds'],
  ['webhook deliveries', 'defter_webhooks_oldest_due_seconds'],
] as const;

/**
 * How late the streams between services are. Of our own we ask our database; of the ledger, how far its
 * events have come to us; of the others, what they measure of themselves.
 */
@Injectable()
export class Streams {
  constructor(
    private readonly database: Database,
    private readonly ledger: LedgerApi,
    private readonly journal: Journal,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async ownOutbox(tenantId: string): Promise<StreamState> {
    const [row] = await this.database.query<{ seconds: number; behind: number }>(OWN_OUTBOX, [tenantId]);
    const { seconds = 0, behind = 0 } = row ?? {};
    return { stream: 'reconciliation: outbox', lateSeconds: Math.round(seconds), behind };
  }

  /** The whole way of the ledger's events: its relay, Kafka, our consumer. @throws Fault */
  async ledgerEvents({ id: tenantId, ledger }: JobTenant): Promise<StreamState> {
    const name = { tenantId, ledger };
    const head = await this.ledger.head(name);
    const position = await this.journal.position(tenantId, ledger);
    const behind = head > position ? head - position : 0n;
    const stream = `ledger ${ledger}: events until they are here`;
    if (behind === 0n) return { stream, lateSeconds: 0, behind: 0 };
    const at = await this.journal.recordedAt(tenantId, ledger, position + 1n);
    const lateMs = at === undefined ? 0 : this.clock.now().getTime() - at.getTime();
    return {
      stream,
      lateSeconds: Math.max(0, Math.round(lateMs / 1_000)),
      behind: parseInt(`${behind}`, 10),
    };
  }
}

/** What the services measure of their own streams; the names of those that gave no answer beside it. */
export async function measuredStreams(
  services: WatchedServices,
): Promise<{ readonly streams: StreamState[]; readonly unseen: string[] }> {
  const all = await services.read();
  const unseen = all.flatMap(({ service, reason }) =>
    reason === undefined ? [] : [`metrics of ${service}: ${reason}`],
  );
  return { streams: all.flatMap(streamsOf), unseen };
}

function streamsOf({ service, samples = [] }: Watched): StreamState[] {
  const lag = sumOf(samples, 'defter_consumer_lag_messages');
  const consumers =
    lag === undefined ? [] : [{ stream: `${service}: consumers`, lateSeconds: 0, behind: lag }];
  const ages = AGES.flatMap(([what, gauge]) => {
    const seconds = sumOf(samples, gauge);
    return seconds === undefined
      ? []
      : [{ stream: `${service}: ${what}`, lateSeconds: Math.round(seconds), behind: null }];
  });
  return [...consumers, ...ages];
}
