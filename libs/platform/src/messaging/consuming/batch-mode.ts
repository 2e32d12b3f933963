import type { Delivery, IncomingRecord } from '../messaging.js';
import type { ReceivedMessage } from './message.js';
import { GivenUp, patiently } from './patience.js';
import { applyOrBury, buryPatiently, type Consume, type ConsumerTools } from './topic-consumer.js';

interface Item {
  readonly record: IncomingRecord;
  readonly message: ReceivedMessage;
}

/**
 * The whole delivery in one call, without a transaction: the handler is idempotent by itself. When it fails
 * for good, each message is tried alone, so that only those that fail alone die.
 */
export function batchMode(tools: ConsumerTools): Consume {
  return async (delivery) => {
    const last = delivery.records.at(-1);
    if (last === undefined) return;
    tools.metrics.lag(delivery.topic, delivery.partition, delivery.lag + delivery.records.length);
    const items = await readable(tools, delivery);
    if (items.length > 0) await applyAll(tools, delivery, items);
    await delivery.done(last);
    await delivery.keepAlive();
    tools.metrics.lag(delivery.topic, delivery.partition, delivery.lag);
  };
}

async function readable(tools: ConsumerTools, delivery: Delivery): Promise<Item[]> {
  const items: Item[] = [];
  for (const record of delivery.records) {
    const parsed = tools.parse(record);
    if (parsed.kind === 'message') items.push({ record, message: parsed.message });
    else if (parsed.kind === 'ignored') tools.metrics.count(tools.topic, 'ignored');
    else await buryPatiently(tools, delivery, record, parsed.reason);
  }
  return items;
}

async function applyAll(tools: ConsumerTools, delivery: Delivery, items: readonly Item[]): Promise<void> {
  const { topic, logger, metrics, retry } = tools;
  try {
    const messages = items.map(({ message }) => message);
    await patiently(
      delivery,
      retry,
      () => handle(tools, messages),
      (error, waiting) => {
        metrics.count(topic, waiting ? 'waiting' : 'failed', messages.length);
        logger.warn(waiting ? 'A batch waits for what it needs' : 'A batch is tried again', {
          topic,
          messages: messages.length,
          error,
        });
      },
    );
    metrics.count(topic, 'applied', items.length);
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error;
    await applyEach(tools, delivery, items);
  }
}

async function applyEach(tools: ConsumerTools, delivery: Delivery, items: readonly Item[]): Promise<void> {
  for (const { record, message } of items) {
    const death = await applyOrBury(tools, delivery, record, () => handle(tools, [message]));
    if (death === undefined) tools.metrics.count(tools.topic, 'applied');
  }
}

async function handle(tools: ConsumerTools, messages: readonly ReceivedMessage[]): Promise<void> {
  await tools.handle(messages, { topic: tools.topic });
}
