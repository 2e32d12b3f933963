import { Injectable } from '@nestjs/common';
import { Metrics } from '@defter/platform';

/** What identifies a time series: both come from the settings file, never from a request. */
export interface ConnectionLabels {
  readonly provider: string;
  readonly connection: string;
}

/** A reason is a label only while it looks like a word: an adapter's free text would be a series for each. */
const reasonWord = /^[a-z][a-z_-]{0,39}$/;

/** Counts of what comes in. */
@Injectable()
export class ReceivingMetrics {
  private readonly received;
  private readonly refused;
  private readonly unaddressed;
  private readonly events;
  private readonly keyUse;

  constructor(metrics: Metrics) {
    const labels = ['provider', 'connection'] as const;
    this.received = metrics.counter(
      'defter_webhooks_received_total',
      'Requests for a known connection',
      labels,
    );
    this.refused = metrics.counter(
      'defter_webhooks_refused_total',
      'Requests whose signature did not verify',
      [...labels, 'reason'],
    );
    this.unaddressed = metrics.counter(
      'defter_webhooks_unaddressed_total',
      'Requests for no known connection',
    );
    this.events = metrics.counter(
      'defter_webhooks_events_total',
      'Events and unreadable requests by what became of them',
      [...labels, 'outcome'],
    );
    this.keyUse = metrics.counter('defter_webhooks_key_use_total', 'Requests verified, by the key that did', [
      ...labels,
      'key',
    ]);
  }

  countReceived(labels: ConnectionLabels): void {
    this.received.inc({ ...labels });
  }

  countUnaddressed(): void {
    this.unaddressed.inc();
  }

  countRefused(labels: ConnectionLabels, reason: string): void {
    this.refused.inc({ ...labels, reason: reasonWord.test(reason) ? reason : 'other' });
  }

  countVerified(labels: ConnectionLabels, keyId: string): void {
    this.keyUse.inc({ ...labels, key: keyId });
  }

  countOutcome(
    labels: ConnectionLabels,
    outcome: 'stored' | 'duplicate' | 'conflict' | 'unverified' | 'unparseable',
    count = 1,
  ): void {
    if (count > 0) this.events.inc({ ...labels, outcome }, count);
  }
}
