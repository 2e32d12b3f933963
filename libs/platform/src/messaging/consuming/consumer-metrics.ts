import type { Metrics } from '../../service/metrics.js';

export type MessageOutcome = 'applied' | 'duplicate' | 'ignored' | 'dead' | 'failed' | 'waiting';

export interface ConsumerMetrics {
  count(topic: string, outcome: MessageOutcome, messages?: number): void;
  lag(topic: string, partition: number, messages: number): void;
}

/** What happens to messages, and how many still wait. */
export function consumerMetrics(metrics: Metrics): ConsumerMetrics {
  const help = 'Messages by outcome; failed and waiting ones are tried again';
  const total = metrics.counter('defter_consumer_messages_total', help, ['topic', 'outcome']);
  const lag = metrics.gauge('defter_consumer_lag_messages', 'Messages behind the end of the partition', [
    'topic',
    'partition',
  ]);
  return {
    count: (topic, outcome, messages = 1) => total.inc({ topic, outcome }, messages),
    lag: (topic, partition, messages) => lag.set({ topic, partition: `${partition}` }, messages),
  };
}
