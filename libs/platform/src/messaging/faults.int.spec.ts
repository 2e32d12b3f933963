import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  eventually,
  scratchFolder,
  startKafka,
  startPostgres,
  type KafkaServer,
  type PostgresServer,
} from '@defter/testing';
import { Database } from '../postgres/database.js';
import { migrate } from '../postgres/migrator.js';
import { createLogger } from '../service/logger.js';
import { Metrics } from '../service/metrics.js';
import { EventPattern } from './consuming/event-pattern.js';
import type { MessageContext } from './consuming/message.js';
import type { Messaging } from './messaging.js';
import { enqueue } from './producing/outbox.js';
import { OutboxRelay } from './producing/outbox-relay.js';
import { collect, consume, declare, logger, message, openMessaging } from '../testing/messaging-stand.js';
import { deadTopicOf, type TopicDeclaration } from './topic.js';

// Servers of its own: these tests kill them.
let postgres: PostgresServer;
let kafka: KafkaServer;
let database: Database;
let messaging: Messaging;
/** Stopped also when a test fails: what goes on running would keep the process from ending. */
let running: { stop(): Promise<void> }[] = [];
const track = <T extends { stop(): Promise<void> }>(one: T): T => {
  running.push(one);
  return one;
};

beforeAll(async () => {
  [postgres, kafka] = await Promise.all([
    startPostgres({ dir: scratchFolder('postgres-faults') }),
    startKafka({ dir: scratchFolder('kafka-faults') }),
  ]);
  await migrate({ url: postgres.url, logger });
  database = new Database({ url: postgres.url, name: 'faults', logger });
  messaging = await openMessaging([kafka.brokers]);
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  running = [];
});
afterAll(async () => {
  await messaging.close();
  await database.close();
  await Promise.all([postgres.stop(), kafka.stop()]);
});

const newTopic = async (): Promise<TopicDeclaration> => {
  const topic = declare({ partitions: 3 });
  await messaging.ensureTopics([topic]);
  return topic;
};
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const numberOf = (value: Buffer): number => (JSON.parse(value.toString()) as { n: number }).n;

describe('a broker that is killed and comes back', () => {
  it('costs no acknowledged record and no order; both sides go on by themselves', async () => {
    const failures: string[] = [];
    const write = (line: string): void => void (line.includes('did not take records') && failures.push(line));
    const messaging = await openMessaging([kafka.brokers], createLogger('test', 'warn', { write }));
    track({ stop: () => messaging.close() });
    const topic = await newTopic();
    const seen = track(await collect(messaging, [topic.name]));
    await messaging.publish([message(topic, { n: 0 })]);
    await eventually(() => expect(seen.records).toHaveLength(1), { timeoutMs: 60_000 });
    let acknowledged = 0;
    // The order of the calls, as it was: late timers of different lengths don't fire in the order of their
    // lengths.
    const called = new Map<string, number[]>([
      ['k0', []],
      ['k1', []],
      ['k2', []],
    ]);
    const sent = range(2_000).map(async (n) => {
      await new Promise((resolve) => setTimeout(resolve, n));
      const key = `k${n % 3}`;
      called.get(key)?.push(n);
      await messaging.publish([message(topic, { n }, { key })]);
      acknowledged += 1;
    });
    await eventually(() => expect(acknowledged).toBeGreaterThan(200));
    await kafka.kill();
    await eventually(() => expect(messaging.healthy()).toBe(false));
    // Away for longer than a few attempts: a producer that gives up has given up by now.
    await eventually(() => expect(failures.length).toBeGreaterThan(2), { timeoutMs: 60_000 });
    await kafka.restart();
    await Promise.all(sent);
    expect(messaging.healthy()).toBe(true);
    await eventually(
      () =>
        expect(new Set(seen.records.map(({ value }) => numberOf(value)))).toEqual(
          new Set([0, ...range(2_000)]),
        ),
      {
        timeoutMs: 60_000,
      },
    );
    for (const [key, order] of called) {
      const ofKey = seen.records.filter((record) => record.key === key);
      expect([...new Set(ofKey.map(({ value }) => numberOf(value)))]).toEqual(order);
    }
  }, 120_000);
});

describe('PostgreSQL killed under a stream, the broker after it', () => {
  it('leaves every committed message with exactly one effect, and no dead letter', async () => {
    const topic = await newTopic();
    const letters = track(await collect(messaging, [deadTopicOf(topic.name)]));
    await database.query('create table effect (n int not null)');
    @Controller()
    class Handler {
      @EventPattern(topic.name)
      async handle(@Payload() { n }: { n: number }, @Ctx() { tx }: MessageContext): Promise<void> {
        await tx.query('insert into effect values ($1)', [n]);
      }
    }
    const relay = track(new OutboxRelay({ database, messaging, logger, metrics: new Metrics('test') }));
    await relay.start();
    const consumer = track(await consume([Handler], [topic], { messaging, database }));

    const committed = new Set<number>();
    const write = async (n: number): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, n * 4));
      const out = {
        tenantId: 't_test',
        topic: topic.name,
        key: `k${n % 7}`,
        type: 'Numbered',
        id: `m${n}`,
        body: { n },
      };
      await database
        .transaction((tx) => enqueue(tx, [out]))
        .then(
          () => committed.add(n),
          () => undefined,
        );
    };
    const writing = Promise.all(range(1_000).map(write));
    const effects = async () =>
      (await database.query<{ n: number }>('select n from effect order by n')).map(({ n }) => n);
    await eventually(async () => expect((await effects()).length).toBeGreaterThan(50), { timeoutMs: 30_000 });
    await postgres.kill();
    await expect(database.query('select 1')).rejects.toMatchObject({ code: 'database-away' });
    await postgres.restart();
    await eventually(async () => expect((await effects()).length).toBeGreaterThan(150), {
      timeoutMs: 60_000,
    });
    await kafka.kill();
    await kafka.restart();
    await writing;

    // A commit without an answer may have been applied: the outbox says what there is.
    const stored = async () =>
      (await database.query<{ id: string }>('select message_id as id from outbox')).map(({ id }) =>
        Number.parseInt(id.slice(1), 10),
      );
    const expected = (await stored()).sort((a, b) => a - b);
    expect(expected).toEqual(expect.arrayContaining([...committed]));
    await eventually(async () => expect(await effects()).toEqual(expected), { timeoutMs: 60_000 });
    expect(letters.records).toEqual([]);
    expect(consumer.deaths).toEqual([]);
  }, 180_000);
});
