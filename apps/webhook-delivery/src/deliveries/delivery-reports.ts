import { Injectable } from '@nestjs/common';
import { Logger, Metrics } from '@defter/platform';

/** What workers tell: counters, and warnings that a person can act on. */
@Injectable()
export class DeliveryReports {
  private readonly attempts;
  private readonly seconds;
  private readonly inFlight;

  constructor(
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    const help = 'Attempts at deliveries';
    this.attempts = metrics.counter('defter_webhooks_attempts_total', help, ['outcome']);
    this.seconds = metrics.histogram('defter_webhooks_attempt_seconds', 'Time of an attempt');
    this.inFlight = metrics.gauge('defter_webhooks_in_flight_count', 'Requests under way');
  }

  /** `outcome`: delivered, late (the lease was lost), `http_5xx`, or the failure. */
  made(outcome: string, durationMs: number): void {
    this.attempts.inc({ outcome: outcome.replace(/^http_(\d)\d\d$/, 'http_$1xx') });
    this.seconds.observe(durationMs / 1_000);
  }

  underWay(count: number): void {
    this.inFlight.set(count);
  }

  leftToLease(deliveryId: string, error: unknown): void {
    this.logger.warn('A delivery was left to its lease', { deliveryId, error });
  }
}
