import { Injectable } from '@nestjs/common';
import { Metrics } from '@defter/platform';
import type { Connection } from '../connections/connections.read.js';

/** Counts what is refused and what limits do. Labels come from the settings file, never from a request. */
@Injectable()
export class FloodMetrics {
  private readonly refused;
  private readonly unaddressed;
  private readonly keyUse;
  private readonly limited;
  private readonly slow;

  constructor(private readonly metrics: Metrics) {
    const labels = ['provider', 'connection'] as const;
    this.refused = metrics.counter(
      'defter_webhooks_refused_total',
      'Requests whose signature did not verify',
      [...labels, 'reason'],
    );
    this.unaddressed = metrics.counter(
      'defter_webhooks_unaddressed_total',
      'Requests for no known connection',
    );
    this.keyUse = metrics.counter('defter_webhooks_key_use_total', 'Requests verified, by the key that did', [
      ...labels,
      'key',
    ]);
    this.limited = metrics.counter(
      'defter_webhooks_limited_total',
      'Requests of limited sources: delayed in the lane, or turned away',
      ['connection', 'outcome'],
    );
    this.slow = metrics.counter('defter_webhooks_slow_total', 'Requests whose body did not come in time');
  }

  /** The gauges; asked at a scrape only. */
  watch(waiting: () => number, unfinished: () => number): void {
    const lane = 'Requests of limited sources that wait for their turn';
    this.metrics.gauge('defter_webhooks_lane_requests', lane, [], (gauge) => gauge.set(waiting()));
    const bodies = 'Requests whose body is being read';
    this.metrics.gauge('defter_webhooks_unfinished_requests', bodies, [], (gauge) => gauge.set(unfinished()));
  }

  countRefused({ provider, id }: Connection, reason: string): void {
    this.refused.inc({ provider, connection: id, reason });
  }

  countUnaddressed(): void {
    this.unaddressed.inc();
  }

  countVerified({ provider, id }: Connection, key: string): void {
    this.keyUse.inc({ provider, connection: id, key });
  }

  countLimited(connection: Connection | undefined, outcome: 'delayed' | 'turned_away'): void {
    this.limited.inc({ connection: connection?.id ?? '', outcome });
  }

  countSlow(): void {
    this.slow.inc();
  }
}
