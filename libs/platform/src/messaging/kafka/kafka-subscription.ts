import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import type { Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { Delivery, IncomingRecord, SubscribeOptions, Subscription } from '../messaging.js';
import { tellWaiting, type KafkaClient } from './kafka-client.js';
import { refusalOf } from './kafka-refusal.js';

/** A dead member holds its partitions for this long. */
const SESSION_TIMEOUT_MS = 6_000;
const REBALANCE_TIMEOUT_MS = 30_000;
const COMMIT_EVERY_MS = 500;
/**
 * A partition in hand is not part of a fetch: the next fetch, and so its next batch, waits at most this
 * long.
 */
const FETCH_WAIT_MS = 20;
const PARTITIONS_AT_ONCE = 4;
/** kafkajs restarts itself after lost connections; one that shows nothing for so long does not. */
const SILENCE_LIMIT_MS = 120_000;

/** A member of a consumer group. Offsets are committed up to what is `done`, never beyond. */
export class KafkaSubscription implements Subscription {
  private consumer: Consumer | undefined;
  private joined = false;
  /** How often in a row the broker refused us: from a refusal until the next records can be asked for. */
  private refusals = 0;
  private dead = false;
  private stopping = false;
  private lastSignAt = Date.now();
  private readonly waiting = new AbortController();
  private starting: Promise<void> | undefined;
  private readonly sessionTimeoutMs: number;

  constructor(
    private readonly client: KafkaClient,
    private readonly options: SubscribeOptions,
  ) {
    this.sessionTimeoutMs = client.sessionTimeoutMs ?? SESSION_TIMEOUT_MS;
  }

  /** Returns at once; joining waits for the broker as long as it takes. */
  start(): void {
    this.starting = this.connect();
  }

  alive(): boolean {
    return !this.dead && Date.now() - this.lastSignAt < SILENCE_LIMIT_MS;
  }

  ready(): boolean {
    return this.joined && this.refusals === 0 && !this.dead && !this.stopping;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.waiting.abort();
    await this.starting;
    await this.consumer?.disconnect();
  }

  private async connect(): Promise<void> {
    for (let failures = 0; !this.stopping; failures++) {
      const consumer = this.newConsumer();
      try {
        await consumer.connect();
        await consumer.subscribe({ topics: [...this.options.topics], fromBeginning: true });
        await consumer.run({
          eachBatchAutoResolve: false,
          autoCommitInterval: COMMIT_EVERY_MS,
          partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
          eachBatch: (payload) => this.deliver(payload),
        });
        this.consumer = consumer;
        return;
      } catch (error) {
        this.sign();
        const { group } = this.options;
        tellWaiting(this.client, 'The consumer can not start yet', { error, group });
        await consumer.disconnect().catch(() => undefined);
        await this.pause(failures);
      }
    }
  }

  private pause(failures: number): Promise<void> {
    const pauseMs = Math.min(5_000, 100 * 2 ** Math.min(failures, 6));
    return sleep(pauseMs, undefined, { signal: this.waiting.signal }).catch(() => undefined);
  }

  private newConsumer(): Consumer {
    const consumer = this.client.kafka.consumer({
      groupId: this.options.group,
      sessionTimeout: this.sessionTimeoutMs,
      heartbeatInterval: this.sessionTimeoutMs / 4,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      allowAutoTopicCreation: false,
      retry: {
        initialRetryTime: 100,
        maxRetryTime: 2_000,
        retries: 10,
        // Without this a crash under way would bring a stopped consumer back, which holds partitions and
        // does nothing.
        restartOnFailure: () => Promise.resolve(!this.stopping),
      },
    });
    let ended = false;
    const { GROUP_JOIN, FETCH, HEARTBEAT, REBALANCING, CRASH } = consumer.events;
    consumer.on(HEARTBEAT, () => this.sign());
    consumer.on(FETCH, () => {
      this.sign();
      this.refusals = 0;
      if (this.stopping) this.leaveLate(consumer);
    });
    consumer.on(GROUP_JOIN, () => {
      this.sign();
      this.joined = true;
    });
    consumer.on(REBALANCING, () => this.sign());
    consumer.on(CRASH, ({ payload }) => {
      this.sign();
      this.joined = false;
      if (payload.restart || ended) return;
      ended = true;
      this.afterEnd(payload.error);
    });
    return consumer;
  }

  /**
   * kafkajs gave up, and has disconnected. What the broker refuses it may allow later, with the next password
   * or right: ending the process would help nobody, because the next one would be refused as well.
   */
  private afterEnd(error: unknown): void {
    if (refusalOf(error, this.client.user) === undefined) return this.die(error);
    if (this.stopping || this.dead) return;
    const refusals = this.refusals++;
    const { group } = this.options;
    tellWaiting(this.client, 'The consumer was refused; trying again', { error, group, refusals });
    // Behind a start under way: the crash is told while `run` has not returned yet.
    this.starting = (this.starting ?? Promise.resolve()).then(async () => {
      await this.pause(refusals);
      await this.connect();
    });
  }

  /**
   * A restart that was already on its way when we stopped: kafkajs can't call it back, so it leaves once it
   * is there.
   */
  private leaveLate(consumer: Consumer): void {
    consumer
      .disconnect()
      .catch((error: unknown) => this.client.logger.warn('A consumer did not leave', { error }));
  }

  private sign(): void {
    this.lastSignAt = Date.now();
  }

  private die(error: unknown): void {
    if (this.dead) return;
    this.dead = true;
    if (!this.stopping) this.options.onDeath(error);
  }

  private async deliver(payload: EachBatchPayload): Promise<void> {
    // A restart under way when we stopped may fetch once more before it leaves: others get what it leaves.
    if (this.dead || this.stopping) return;
    try {
      await this.options.deliver(this.toDelivery(payload));
    } catch (error) {
      // Its own errors (a rebalance, a lost connection) kafkajs handles. Any other is a bug of ours, and
      // repeating it would hold the partition for ever without anybody noticing.
      if (error instanceof kafkajs.KafkaJSError) throw error;
      this.die(error);
    }
  }

  private toDelivery(payload: EachBatchPayload): Delivery {
    const { batch, resolveOffset, heartbeat, commitOffsetsIfNecessary, isRunning, isStale } = payload;
    const { topic, partition } = batch;
    return {
      topic,
      partition,
      records: batch.messages.map((message) => toRecord(topic, partition, message)),
      lag: parseInt(batch.offsetLag(), 10),
      done: async (record) => {
        resolveOffset(`${record.offset}`);
        await commitOffsetsIfNecessary();
      },
      keepAlive: async () => {
        await heartbeat();
        this.sign();
      },
      active: () => isRunning() && !isStale() && !this.stopping && !this.dead,
    };
  }
}

function toRecord(topic: string, partition: number, message: KafkaMessage): IncomingRecord {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    key: message.key?.toString() ?? '',
    value: message.value ?? Buffer.alloc(0),
    headers: toTexts(message.headers ?? {}),
    timestamp: new Date(parseInt(message.timestamp, 10)),
  };
}

/** A header given twice counts with its last value. */
function toTexts(headers: NonNullable<KafkaMessage['headers']>): Record<string, string> {
  const texts = Object.entries(headers).map(([name, value]) => {
    const last = Array.isArray(value) ? value.at(-1) : value;
    return [name, last === undefined ? '' : last.toString()];
  });
  return Object.fromEntries(texts) as Record<string, string>;
}
