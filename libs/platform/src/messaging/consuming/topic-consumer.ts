import { withTrace } from '../../http/trace.js';
import type { Database } from '../../postgres/database.js';
import type { Logger } from '../../service/logger.js';
import type { Delivery, IncomingRecord, Messaging } from '../messaging.js';
import type { ConsumerMetrics } from './consumer-metrics.js';
import { bury } from './dead-letter.js';
import type { Parse } from './message-parser.js';
import { GivenUp, patiently, type RetryPolicy } from './patience.js';

/**
 * A handler as Nest gives it: pipes, guards and interceptors included; errors come through as they were
 * thrown.
 */
export type Handle = (payload: unknown, context: unknown) => Promise<unknown>;

/** What every way of consuming a topic needs. */
export interface ConsumerTools {
  readonly topic: string;
  /** `<group>:<topic>`: names the consumer in inbox and positions. */
  readonly consumer: string;
  readonly parse: Parse;
  readonly handle: Handle;
  readonly database: Database | undefined;
  readonly messaging: Messaging;
  readonly logger: Logger;
  readonly metrics: ConsumerMetrics;
  readonly retry: RetryPolicy;
}

/** Consumes a delivery: returns when it is done with it, or can't go on with it now. */
export type Consume = (delivery: Delivery) => Promise<void>;

/** Runs one record after the other; each is done before the next one starts. */
export function oneByOne(
  tools: ConsumerTools,
  consume: (record: IncomingRecord, delivery: Delivery) => Promise<void>,
): Consume {
  return async (delivery) => {
    tools.metrics.lag(delivery.topic, delivery.partition, delivery.lag + delivery.records.length);
    for (const record of delivery.records) {
      if (!delivery.active()) return;
      await withTrace(record.headers['traceparent'], () => consume(record, delivery));
      await delivery.done(record);
      await delivery.keepAlive();
    }
    tools.metrics.lag(delivery.topic, delivery.partition, delivery.lag);
  };
}

/**
 * Applies work for a record; a record that can't be handled is buried. @returns the reason of its death, if
 * any
 */
export async function applyOrBury(
  tools: ConsumerTools,
  delivery: Delivery,
  record: IncomingRecord,
  work: () => Promise<void>,
): Promise<string | undefined> {
  try {
    await patiently(delivery, tools.retry, work, (error, waiting) =>
      noteRetry(tools, record, error, waiting),
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error;
    const reason = `handler failed ${tools.retry.attempts} times: ${textOf(error.cause)}`;
    await buryPatiently(tools, delivery, record, reason);
    return reason;
  }
}

/** Sends a record to the dead letters, however long the broker takes. */
export async function buryPatiently(
  tools: ConsumerTools,
  delivery: Delivery,
  record: IncomingRecord,
  reason: string,
): Promise<void> {
  const { messaging, consumer, topic, logger, metrics, retry } = tools;
  const where = {
    topic,
    partition: record.partition,
    offset: `${record.offset}`,
    id: record.headers['ce_id'],
  };
  logger.error('A message goes to the dead letters', { ...where, reason });
  await patiently(
    delivery,
    { ...retry, attempts: Infinity },
    () => bury(messaging, record, consumer, reason),
    (error) => logger.warn('The dead letter has to wait', { ...where, error }),
  );
  metrics.count(topic, 'dead');
}

function noteRetry(
  { topic, logger, metrics }: ConsumerTools,
  record: IncomingRecord,
  error: unknown,
  waiting: boolean,
): void {
  metrics.count(topic, waiting ? 'waiting' : 'failed');
  const where = {
    topic,
    partition: record.partition,
    offset: `${record.offset}`,
    id: record.headers['ce_id'],
  };
  logger.warn(waiting ? 'A message waits for what it needs' : 'A message is tried again', {
    ...where,
    error,
  });
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
