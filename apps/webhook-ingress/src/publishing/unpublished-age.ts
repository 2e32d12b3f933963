import { Injectable } from '@nestjs/common';
import { Database, Lifecycle, Logger, Metrics } from '@defter/platform';

const everyMs = 5_000;

// The outbox's index on unpublished rows is by position; the lowest one is the oldest but for commits in
// flight.
const oldestUnpublished = `
  select extract(epoch from clock_timestamp() - created_at)::float8 as seconds
  from outbox where published_at is null order by position limit 1`;

/** How long the oldest unpublished message has waited: what an alert on a standing relay looks at. */
@Injectable()
export class UnpublishedAge {
  private timer: NodeJS.Timeout | undefined;
  private readonly age;

  constructor(
    private readonly database: Database,
    private readonly logger: Logger,
    metrics: Metrics,
    lifecycle: Lifecycle,
  ) {
    this.age = metrics.gauge(
      'defter_webhooks_oldest_unpublished_seconds',
      'Age of the oldest unpublished message',
    );
    lifecycle.register({
      name: 'unpublished age',
      start: () => this.start(),
      stop: () => Promise.resolve(clearInterval(this.timer)),
    });
  }

  /**
   * Looks now. While the database is away the gauge keeps its value, and the relay's own warnings say why.
   */
  async measure(): Promise<void> {
    try {
      const [row] = await this.database.query<{ seconds: number }>(oldestUnpublished);
      this.age.set(row?.seconds ?? 0);
    } catch (error) {
      this.logger.warn('The age of the outbox could not be read', { error });
    }
  }

  private start(): Promise<void> {
    this.timer = setInterval(() => void this.measure(), everyMs);
    return this.measure();
  }
}
