import { type Sample, sumOf, type Watched } from '../watched-services.js';
import type { ServiceUse } from './capacity-content.js';

/** What a service's own measurements come to. */
export function useOf({ service, samples = [], reason }: Watched, now: Date): ServiceUse {
  const seconds = sumOf(samples, 'process_cpu_seconds_total');
  const startedAt = sumOf(samples, 'process_start_time_seconds');
  const upSeconds = startedAt === undefined ? 0 : now.getTime() / 1_000 - startedAt;
  const isUp = seconds !== undefined && upSeconds > 0;
  return {
    service,
    cpuCores: isUp ? Math.round((seconds / upSeconds) * 1_000) / 1_000 : null,
    memoryBytes: sumOf(samples, 'process_resident_memory_bytes') ?? null,
    loopSeconds: sumOf(samples, 'nodejs_eventloop_lag_p99_seconds') ?? null,
    connectionsUsed: poolOf(samples, 'used'),
    connectionsWaiting: poolOf(samples, 'waiting'),
    messagesBehind: sumOf(samples, 'defter_consumer_lag_messages') ?? null,
    queued: queuedIn(samples),
    oldestSeconds: oldestIn(samples),
    reason: reason ?? null,
  };
}

function poolOf(samples: readonly Sample[], state: string): number | null {
  const is = ({ name, labels }: Sample): boolean =>
    name === 'defter_platform_pool_connections' && labels['state'] === state;
  return samples.find(is)?.value ?? null;
}

/** Gauges of what waits in a service. */
const QUEUES: ReadonlySet<string> = new Set([
  ...['defter_ledger_queue_commands', 'defter_webhooks_backlog_requests', 'defter_webhooks_due_count'],
]);
const AGES: ReadonlySet<string> = new Set([
  ...['defter_outbox_oldest_unpublished_seconds', 'defter_webhooks_oldest_unpublished_seconds'],
]);

const valuesOf = (samples: readonly Sample[], names: ReadonlySet<string>): number[] =>
  samples.filter(({ name }) => names.has(name)).map(({ value }) => value);

function queuedIn(samples: readonly Sample[]): number | null {
  const values = valuesOf(samples, QUEUES);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}

function oldestIn(samples: readonly Sample[]): number | null {
  const values = valuesOf(samples, AGES);
  return values.length === 0 ? null : Math.max(...values);
}
