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
import { tellWaiting, type KafkaClient } from './kafka-client.js';
import { kafkaLog } from './kafka-log.js';
import { kafkajsLogin, type KafkaLogin } from './kafka-login.js';
import { KafkaProducer } from './kafka-producer.js';
import { refusalOf } from './kafka-refusal.js';
import { KafkaSubscription } from './kafka-subscription.js';
import { checkTopics, ensureTopics } from './kafka-topics.js';

export interface KafkaOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly logger: Logger;
  readonly sessionTimeoutMs?: number | undefined;
  /** Left out: no encryption, and nobody logs in. */
  readonly login?: KafkaLogin | undefined;
}

const CLOSE_PATIENCE_MS = 5_000;

/** Messaging over kafkajs, the only place that knows it. */
export function kafkaMessaging(options: KafkaOptions): Messaging {
  return new KafkaMessaging(options);
}

class KafkaMessaging extends Messaging {
  private readonly client: KafkaClient;
  private readonly producer: KafkaProducer;
  private closed = false;

  constructor({ brokers, clientId, logger, sessionTimeoutMs, login = {} }: KafkaOptions) {
    super();
    const kafka = new kafkajs.Kafka({
      brokers: [...brokers],
      clientId,
      connectionTimeout: 3_000,
      requestTimeout: 15_000,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4 },
      logLevel: kafkajs.logLevel.INFO,
      logCreator: kafkaLog(logger),
      ...kafkajsLogin(login),
    });
    this.client = { kafka, logger, user: login.user?.name, sessionTimeoutMs };
    this.producer = new KafkaProducer(this.client);
  }

  publish(records: readonly OutgoingRecord[]): Promise<void> {
    return this.producer.publish(records);
  }

  ensureTopics(topics: readonly TopicDeclaration[]): Promise<void> {
    return this.whenReachable(() => ensureTopics(this.client.kafka, topics));
  }

  checkTopics(topics: readonly TopicDeclaration[]): Promise<void> {
    return this.whenReachable(() => checkTopics(this.client.kafka, topics));
  }

  subscribe(options: SubscribeOptions): Promise<Subscription> {
    const subscription = new KafkaSubscription(this.client, options);
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
        if (this.closed || this.isFinal(error)) throw error;
        tellWaiting(this.client, 'Waiting for the broker', { error });
        await sleep(1_000);
      }
    }
  }

  /** An aggregate is the broker's answer on topics: no use in asking again, unless a right is what lacks. */
  private isFinal(error: unknown): boolean {
    if (error instanceof TopicMismatch) return true;
    const isAnswer = error instanceof kafkajs.KafkaJSAggregateError;
    return isAnswer && refusalOf(error, this.client.user) === undefined;
  }
}
