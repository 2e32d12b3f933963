import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import type { Producer, TopicMessages } from 'kafkajs';
import { Fault } from '../../http/problem.js';
import { RECORD_LIMIT_BYTES, RecordTooLarge, sizeOf, type OutgoingRecord } from '../messaging.js';
import { tellWaiting, type KafkaClient } from './kafka-client.js';

interface Waiting {
  readonly record: OutgoingRecord;
  readonly bytes: number;
  /** Set on the last record of a `publish`: all before it are stored when it is. */
  readonly settle?: { resolve(): void; reject(error: unknown): void };
}

const SEND_RECORDS = 5_000;
const QUEUE_RECORDS = 50_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** After so many failures in a row the producer is replaced, in case it holds on to something dead. */
const FAILURES_PER_PRODUCER = 10;

/**
 * One queue, one send in flight: with several, kafkajs can store them in another order, and with its
 * idempotent producer a lost answer loses one message and doubles another.
 */
export class KafkaProducer {
  private readonly queue: Waiting[] = [];
  private producer: Producer | undefined;
  private sending: Promise<void> | undefined;
  private failures = 0;
  private closing = false;
  private readonly stopWaiting = new AbortController();

  constructor(private readonly client: KafkaClient) {}

  get healthy(): boolean {
    return this.failures === 0;
  }

  publish(records: readonly OutgoingRecord[]): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    if (this.closing) return Promise.reject(new Fault('messaging-closed', 'Messaging is closing'));
    if (this.queue.length > 0 && this.queue.length + records.length > QUEUE_RECORDS) {
      return Promise.reject(
        new Fault('overloaded', `${this.queue.length} records already wait for the broker`),
      );
    }
    const sized = records.map((record) => ({ record, bytes: sizeOf(record) }));
    const large = sized.find(({ bytes }) => bytes > RECORD_LIMIT_BYTES);
    if (large !== undefined) return Promise.reject(new RecordTooLarge(large.record, large.bytes));
    return new Promise((resolve, reject) => {
      const last = sized.length - 1;
      for (const [index, one] of sized.entries()) {
        this.queue.push(index === last ? { ...one, settle: { resolve, reject } } : one);
      }
      this.sending ??= this.sendAll();
    });
  }

  /** Sends what waits for at most `patienceMs`; whoever waits longer hears a Fault. */
  async close(patienceMs: number): Promise<void> {
    this.closing = true;
    const timer = setTimeout(() => this.stopWaiting.abort(), patienceMs);
    await this.sending;
    clearTimeout(timer);
    await this.dropProducer();
  }

  private async sendAll(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.nextBatch();
      const stored = await this.sendForEver(batch);
      const given = stored ? batch : [...batch, ...this.queue.splice(0)];
      for (const { settle } of given) {
        if (stored) settle?.resolve();
        else settle?.reject(new Fault('broker-away', 'Messaging closed before the broker took the records'));
      }
    }
    this.sending = undefined;
  }

  private nextBatch(): Waiting[] {
    let bytes = 0;
    const end = this.queue.findIndex(
      (waiting, index) => index >= SEND_RECORDS || (bytes += waiting.bytes) > RECORD_LIMIT_BYTES,
    );
    return this.queue.splice(0, end === -1 ? this.queue.length : end);
  }

  /** @returns false when closing gave up */
  private async sendForEver(batch: readonly Waiting[]): Promise<boolean> {
    const topicMessages = byTopic(batch);
    while (!this.stopWaiting.signal.aborted) {
      try {
        await (
          await this.connected()
        ).sendBatch({ acks: -1, compression: kafkajs.CompressionTypes.None, topicMessages });
        if (this.failures > 0)
          this.client.logger.info('The broker takes records again', { failures: this.failures });
        this.failures = 0;
        return true;
      } catch (error) {
        await this.afterFailure(error, topicMessages);
      }
    }
    return false;
  }

  private async afterFailure(error: unknown, topicMessages: readonly TopicMessages[]): Promise<void> {
    this.failures += 1;
    const topics = topicMessages.map(({ topic }) => topic);
    const { failures } = this;
    tellWaiting(this.client, 'The broker did not take records; trying again', { error, topics, failures });
    if (this.failures % FAILURES_PER_PRODUCER === 0) await this.dropProducer();
    const pause =
      Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.failures, 6)) *
      (0.5 + Math.random() / 2);
    await sleep(pause, undefined, { signal: this.stopWaiting.signal }).catch(() => undefined);
  }

  private async connected(): Promise<Producer> {
    if (this.producer !== undefined) return this.producer;
    const producer = this.client.kafka.producer({
      idempotent: false,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      // No retries inside: kafkajs repeats a send only to brokers that have not answered, so a partition
      // whose leader moved meanwhile to one that has would be left out silently. The loop above repeats all
      // of it.
      retry: { retries: 0 },
    });
    try {
      await producer.connect();
    } catch (error) {
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
    this.producer = producer;
    return producer;
  }

  private async dropProducer(): Promise<void> {
    const { producer } = this;
    this.producer = undefined;
    await producer?.disconnect().catch(() => undefined);
  }
}

function byTopic(batch: readonly Waiting[]): TopicMessages[] {
  const topics = new Map<string, TopicMessages>();
  for (const { record } of batch) {
    const { topic, key, value, headers } = record;
    const known = topics.get(topic) ?? { topic, messages: [] };
    known.messages.push({ key, value, headers: { ...headers } });
    topics.set(topic, known);
  }
  return [...topics.values()];
}
