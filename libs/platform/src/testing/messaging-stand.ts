import { randomUUID } from 'node:crypto';
import { Module, type Type as Class } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Type } from '@sinclair/typebox';
import { testBroker } from '@defter/testing';
import type { Database } from '../postgres/database.js';
import { createLogger } from '../service/logger.js';
import { Metrics } from '../service/metrics.js';
import { toHeaders } from '../messaging/cloud-event.js';
import { connectConsumers } from '../messaging/consuming/connect-consumers.js';
import { kafkaMessaging } from '../messaging/kafka/kafka-messaging.js';
import type { IncomingRecord, Messaging, OutgoingRecord, Subscription } from '../messaging/messaging.js';
import type { TopicDeclaration } from '../messaging/topic.js';

/** What this library's own tests of messaging share. */
export const logger = createLogger('test', process.env['LOG_LEVEL'] ?? 'silent');

/** Messaging on the real broker. */
export async function openMessaging(brokers?: readonly string[], log = logger): Promise<Messaging> {
  return kafkaMessaging({ brokers: brokers ?? (await testBroker()), clientId: 'test', logger: log });
}

/** `{ n }` with an optional `text`, as the tests send it. */
export const NumberedBody = Type.Object({ n: Type.Integer(), text: Type.Optional(Type.String()) });

export function declare(options: Partial<TopicDeclaration> = {}): TopicDeclaration {
  return {
    name: `test.${randomUUID()}`,
    key: 'key',
    partitions: 1,
    retentionMs: -1,
    schema: NumberedBody,
    ...options,
  };
}

/** A well-formed message; the id is made from the body unless given. */
export function message(
  topic: TopicDeclaration,
  body: object,
  { id = JSON.stringify(body), key = 'k', type = 'Numbered' } = {},
): OutgoingRecord {
  const headers = toHeaders({ id, type, source: 'test', tenantId: 't_test', time: new Date() });
  return { topic: topic.name, key, value: JSON.stringify(body), headers };
}

/** Collects everything of some topics from the beginning. */
export async function collect(
  messaging: Messaging,
  topics: readonly string[],
): Promise<{ records: IncomingRecord[]; stop(): Promise<void> }> {
  const records: IncomingRecord[] = [];
  const subscription: Subscription = await messaging.subscribe({
    group: randomUUID(),
    topics,
    deliver: async (delivery) => {
      for (const record of delivery.records) {
        records.push(record);
        await delivery.done(record);
      }
    },
    onDeath: () => undefined,
  });
  return { records, stop: () => subscription.stop() };
}

export interface ConsumerUnderTest {
  readonly group: string;
  readonly deaths: unknown[];
  stop(): Promise<void>;
}

/** Starts a real Nest application with these handlers, as a service does. Fast retries: 3 attempts. */
export async function consume(
  controllers: Class[],
  consumes: readonly TopicDeclaration[],
  { messaging, database, group = randomUUID() }: { messaging: Messaging; database: Database; group?: string },
): Promise<ConsumerUnderTest> {
  class Root {}
  Module({ controllers })(Root);
  const app = await NestFactory.create(Root, new FastifyAdapter(), { logger: false, abortOnError: false });
  const deaths: unknown[] = [];
  const onDeath = (error: unknown): void => void deaths.push(error);
  const retry = { attempts: 3, firstPauseMs: 10, longestPauseMs: 200 };
  try {
    const metrics = new Metrics('test');
    const task = connectConsumers(app, {
      group,
      consumes,
      messaging,
      database,
      logger,
      metrics,
      retry,
      onDeath,
    });
    await app.init();
    await task.start();
    return { group, deaths, stop: () => app.close() };
  } catch (error) {
    await app.close();
    throw error;
  }
}
