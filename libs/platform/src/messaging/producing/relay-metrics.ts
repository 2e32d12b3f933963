import type { Metrics } from '../../service/metrics.js';

export interface RelayMetrics {
  /** Counts what was published and how long it had waited since its commit. */
  published(relay: string, rows: readonly { readonly time?: Date }[]): void;
}

/** Metrics that all relays of a service share. */
export function relayMetrics(metrics: Metrics): RelayMetrics {
  const total = metrics.counter('defter_relay_published_total', 'Messages that a relay published', ['relay']);
  const waited = metrics.histogram('defter_relay_wait_seconds', 'From the row to its publication', ['relay']);
  return {
    published: (relay, rows) => {
      total.inc({ relay }, rows.length);
      const oldest = rows[0]?.time;
      if (oldest !== undefined) waited.observe({ relay }, Math.max(0, Date.now() - oldest.getTime()) / 1_000);
    },
  };
}
