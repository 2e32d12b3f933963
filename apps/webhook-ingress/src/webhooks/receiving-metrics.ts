import { Injectable } from '@nestjs/common';
import { Metrics } from '@defter/platform';

/** What identifies a time series: both come from the settings file, never from a request. */
export interface ConnectionLabels {
  readonly provider: string;
  readonly connection: string;
}

/** Counts of what comes in. */
@Injectable()
export class ReceivingMetrics {
  private readonly received;
  private readonly events;

  constructor(metrics: Metrics) {
    const labels = ['provider', 'connection'] as const;
    this.received = metrics.counter(
      'defter_webhooks_received_total',
      'Requests for a known connection',
      labels,
    );
    this.events = metrics.counter(
      'defter_webhooks_events_total',
      'Events and unreadable requests by what became of them',
      [...labels, 'outcome'],
    );
  }

  countReceived(labels: ConnectionLabels): void {
    this.received.inc({ ...labels });
  }

  countOutcome(
    labels: ConnectionLabels,
    outcome: 'stored' | 'duplicate' | 'conflict' | 'unverified' | 'unparseable',
    count = 1,
  ): void {
    if (count > 0) this.events.inc({ ...labels, outcome }, count);
  }
}
