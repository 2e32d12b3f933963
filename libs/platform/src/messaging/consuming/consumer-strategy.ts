import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import type { Database } from '../../postgres/database.js';
import type { Logger } from '../../service/logger.js';
import type { Metrics } from '../../service/metrics.js';
import type { Delivery, IncomingRecord, Messaging, Subscription } from '../messaging.js';
import type { TopicDeclaration } from '../topic.js';
import { batchMode } from './batch-mode.js';
import { consumerMetrics } from './consumer-metrics.js';
import { parserOf } from './message-parser.js';
import { messageMode } from './message-mode.js';
import type { Gap, HandlerExtras, MissedEvent, StreamPlace } from './message.js';
import { missingPattern } from './event-pattern.js';
import { DeliveryEnded, defaultRetry, type RetryPolicy } from './patience.js';
import { positionMode } from './position-mode.js';
import type { Consume, ConsumerTools, Handle } from './topic-consumer.js';

export interface ConsumerOptions {
  /**
   * The service's name: its instances share the work. Each topic has its consumer group `<group>:<topic>`.
   */
  readonly group: string;
  readonly consumes: readonly TopicDeclaration[];
  readonly messaging: Messaging;
  /** Needed unless every handler is in batch mode. */
  readonly database?: Database;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly retry?: RetryPolicy;
  /** The consumer can't go on: the process must end, so that another one takes its partitions. */
  onDeath(error: unknown): void;
}

/** A handler that works on one delivery for longer than this is taken for dead. */
const PROGRESS_LIMIT_MS = 10 * 60_000;

/**
 * Nest's transport for our topics. Nest's own Kafka server acknowledges patterns nobody handles and hands
 * unparsed text to handlers; this one parses, de-duplicates, opens the transaction, commits offsets after
 * it, and buries poison.
 */
export class ConsumerStrategy extends Server implements CustomTransportStrategy {
  /** Nest then leaves a handler's error to us instead of logging it as unhandled. */
  override readonly propagatesEventHandlerErrors = true;
  private subscriptions: Subscription[] = [];
  private consumers = new Map<string, Consume>();
  private readonly startedAt = new Map<Delivery, number>();

  constructor(private readonly options: ConsumerOptions) {
    super();
  }

  /** Builds a consumer per topic. @throws Error when handlers and declared topics don't match */
  prepare(): void {
    const topics = new Map(this.options.consumes.map((topic) => [topic.name, topic]));
    const known = new Set([...topics.keys()].flatMap((name) => [name, missingPattern(name)]));
    const stray = [...this.messageHandlers.keys()].find((pattern) => !known.has(pattern));
    if (stray !== undefined)
      throw new Error(`There is a handler for ${stray}, but no role consumes that topic`);
    this.consumers = new Map([...topics].map(([name, topic]) => [name, this.consumerOf(topic)]));
  }

  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      const { consumes, messaging } = this.options;
      await messaging.checkTopics(consumes);
      this.subscriptions = await Promise.all(
        [...this.consumers.keys()].map((topic) => this.subscribe(topic)),
      );
      callback();
    } catch (error) {
      callback(error);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.subscriptions.splice(0).map((subscription) => subscription.stop()));
  }

  /** Liveness is progress: false when a subscription died or a handler hangs. */
  alive(): boolean {
    const oldest = Math.min(...this.startedAt.values());
    return (
      this.subscriptions.every((subscription) => subscription.alive()) &&
      Date.now() - oldest < PROGRESS_LIMIT_MS
    );
  }

  ready(): boolean {
    const { length } = this.subscriptions;
    return length > 0 && this.subscriptions.every((subscription) => subscription.ready());
  }

  on(): void {
    throw new Error('The consumer has no events to listen to');
  }

  unwrap<T>(): T {
    return this.subscriptions as T;
  }

  /**
   * A group for each topic: the members of one group must all consume the same topics, which roles and
   * releases don't; kafkajs would leave the topics of some members to nobody, without a word.
   */
  private subscribe(topic: string): Promise<Subscription> {
    return this.options.messaging.subscribe({
      group: consumerName(this.options.group, topic),
      topics: [topic],
      deliver: (delivery) => this.deliver(delivery),
      onDeath: (error) => this.options.onDeath(error),
    });
  }

  private async deliver(delivery: Delivery): Promise<void> {
    this.startedAt.set(delivery, Date.now());
    const done = (record: IncomingRecord): Promise<void> => {
      this.startedAt.set(delivery, Date.now());
      return delivery.done(record);
    };
    try {
      await this.consumers.get(delivery.topic)?.({ ...delivery, done });
    } catch (error) {
      if (!(error instanceof DeliveryEnded)) throw error;
    } finally {
      this.startedAt.delete(delivery);
    }
  }

  private consumerOf(topic: TopicDeclaration): Consume {
    const { group, messaging, database, logger, metrics, retry = defaultRetry } = this.options;
    const handler = this.handlerOf(topic.name);
    const { mode = 'message', position } = (handler.extras ?? {}) as HandlerExtras;
    const tools: ConsumerTools = {
      topic: topic.name,
      consumer: consumerName(group, topic.name),
      parse: parserOf(topic),
      handle: calling(handler),
      database,
      messaging,
      logger,
      metrics: consumerMetrics(metrics),
      retry,
    };
    if (mode === 'batch') return batchMode(tools);
    if (database === undefined)
      throw new Error(`The handler of ${topic.name} needs a database; only batch mode works without`);
    if (mode === 'message') return messageMode(tools, database);
    const missing = this.messageHandlers.get(missingPattern(topic.name));
    if (position === undefined)
      throw new Error(`The handler of ${topic.name} is in position mode and has no position function`);
    if (missing === undefined)
      throw new Error(`The handler of ${topic.name} is in position mode and has no @MissingEvents method`);
    const read = calling(missing);
    const place = position as (body: unknown) => StreamPlace;
    return positionMode(tools, {
      database,
      place,
      readMissing: async (gap: Gap) => (await read(gap, {})) as readonly MissedEvent[],
    });
  }

  private handlerOf(topic: string): MessageHandler {
    const handler = this.messageHandlers.get(topic);
    if (handler === undefined) throw new Error(`${topic} is consumed, but no @EventPattern handles it`);
    if (handler.next !== undefined)
      throw new Error(`Two handlers are for ${topic}: one would hide the other's failure`);
    return handler;
  }
}

function consumerName(group: string, topic: string): string {
  return `${group}:${topic}`;
}

function calling(handler: MessageHandler): Handle {
  return async (payload, context) => {
    const result: unknown = await handler(payload, context);
    return isStream(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
  };
}

function isStream(value: unknown): value is Parameters<typeof lastValueFrom>[0] {
  return typeof value === 'object' && value !== null && 'subscribe' in value;
}
