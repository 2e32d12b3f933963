import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import type { Logger } from '../../service/logger.js';
import {
  Messaging,
  TopicMismatch,
  type OutgoingRecord,
  type SubscribeOptions,
  type Subscription,
} from '../messaging.js';
import type { TopicDeclaration } from '../topic.js';
import { kafkaLog } from './kafka-log.js';
import { KafkaProducer } from './kafka-producer.js';
import { KafkaSubscription } from './kafka-subscription.js';
import { checkTopics, ensureTopics } from './kafka-topics.js';

export interface KafkaOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly logger: Logger;
  readonly sessionTimeoutMs?: number | undefined;
}

const CLOSE_PATIENCE_MS = 5_000;

/** Messaging over kafkajs, the only place that knows it. */
export function kafkaMessaging(options: KafkaOptions): Messaging {
  return new KafkaMessaging(options);
}

class KafkaMessaging extends Messaging {
  private readonly kafka: kafkajs.Kafka;
  private readonly logger: Logger;
  private readonly sessionTimeoutMs: number | undefined;
  private readonly producer: KafkaProducer;
  private closed = false;

  constructor({ brokers, clientId, logger, sessionTimeoutMs }: KafkaOptions) {
    super();
    this.logger = logger;
    this.sessionTimeoutMs = sessionTimeoutMs;
    this.kafka = new kafkajs.Kafka({
      brokers: [...brokers],
      clientId,
      connectionTimeout: 3_000,
      requestTimeout: 15_000,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4 },
      logLevel: kafkajs.logLevel.INFO,
      logCreator: kafkaLog(logger),
    });
    this.producer = new KafkaProducer(this.kafka, logger);
  }

  publish(records: readonly OutgoingRecord[]): Promise<void> {
    return this.producer.publish(records);
  }

  ensureTopics(topics: readonly TopicDeclaration[]): Promise<void> {
    return this.whenReachable(() => ensureTopics(this.kafka, topics));
  }

  checkTopics(topics: readonly TopicDeclaration[]): Promise<void> {
    return this.whenReachable(() => checkTopics(this.kafka, topics));
  }

  subscribe(options: SubscribeOptions): Promise<Subscription> {
    const { kafka, logger, sessionTimeoutMs } = this;
    const subscription = new KafkaSubscription(kafka, options, logger, sessionTimeoutMs);
    subscription.start();
    return Promise.resolve(subscription);
  }

  healthy(): boolean {
    return this.producer.healthy;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.producer.close(CLOSE_PATIENCE_MS);
  }

  private async whenReachable<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        // An aggregate is the broker's refusal of a topic: no use in asking again.
        if (error instanceof TopicMismatch || error instanceof kafkajs.KafkaJSAggregateError || this.closed)
          throw error;
        this.logger.warn('Waiting for the broker', { error });
        await sleep(1_000);
      }
    }
  }
}
