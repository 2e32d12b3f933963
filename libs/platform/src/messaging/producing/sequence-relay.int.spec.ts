import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, testDatabase, type TestDatabase } from '@defter/testing';
import type { Queryable } from '../../postgres/connection.js';
import { Database } from '../../postgres/database.js';
import { Metrics } from '../../service/metrics.js';
import type { Messaging, OutgoingRecord } from '../messaging.js';
import { collect, declare, logger, message, openMessaging } from '../../testing/messaging-stand.js';
import type { TopicDeclaration } from '../topic.js';
import { SequenceRelay, type SequenceSource } from './sequence-relay.js';

let db: TestDatabase;
let admin: Database;
let messaging: Messaging;
let topic: TopicDeclaration;
let seen: Awaited<ReturnType<typeof collect>>;
let running: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  messaging = await openMessaging();
});
beforeEach(async () => {
  db = await testDatabase();
  admin = new Database({ url: db.adminUrl, name: 'admin', logger });
  await admin.query(`create table checkpoint (stream text primary key, published bigint not null)`);
  await admin.query(`create table log (stream text, sequence bigint, primary key (stream, sequence))`);
  topic = declare();
  await messaging.ensureTopics([topic]);
  seen = await collect(messaging, [topic.name]);
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  running = [];
  await seen.stop();
  await admin.close();
  await db.stop();
});
afterAll(() => messaging.close());

const source = (database: Queryable): SequenceSource => ({
  behind: (limit) =>
    database.query(
      `select c.stream, c.published as checkpoint from checkpoint c
        where exists (select from log l where l.stream = c.stream and l.sequence > c.published) limit $1`,
      [limit],
    ),
  read: async (stream, after, limit) => {
    const sql = 'select sequence from log where stream = $1 and sequence > $2 order by sequence limit $3';
    const rows = await database.query<{ sequence: bigint }>(sql, [stream, after, limit]);
    return rows.map(({ sequence }) => ({
      sequence,
      record: message(topic, { n: Number.parseInt(`${sequence}`, 10) }, { key: stream }),
    }));
  },
  move: async (stream, from, to) => {
    const sql = 'update checkpoint set published = $3 where stream = $1 and published = $2 returning stream';
    return (await database.query(sql, [stream, from, to])).length === 1;
  },
});
const write = (stream: string, from: number, to: number) =>
  admin.transaction(async (tx) => {
    await tx.query('insert into checkpoint values ($1, 0) on conflict do nothing', [stream]);
    await tx.query('insert into log select $1, generate_series($2::int8, $3::int8)', [stream, from, to]);
  });
const checkpoint = async (stream: string) =>
  (
    await admin.query<{ published: bigint }>('select published from checkpoint where stream = $1', [stream])
  )[0]?.published;
const published = (stream: string): number[] =>
  seen.records
    .filter(({ key }) => key === stream)
    .map(({ value }) => (JSON.parse(value.toString()) as { n: number }).n);
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

async function relay(over: Messaging = messaging): Promise<SequenceRelay> {
  const options = {
    name: 'log',
    database: db.database,
    messaging: over,
    logger,
    metrics: new Metrics('test'),
  };
  const started = new SequenceRelay({ ...options, source: source(admin), pollMs: 10, batch: 50 });
  await started.start();
  running.push(started);
  return started;
}
function around(publish: (records: readonly OutgoingRecord[]) => Promise<void>): Messaging {
  return Object.assign(Object.create(messaging) as Messaging, { publish });
}

describe('the sequence relay', () => {
  it('publishes every stream completely and in order, also with several relays', async () => {
    await Promise.all([relay(), relay()]);
    await Promise.all([write('a', 1, 230), write('b', 1, 70)]);
    await write('a', 231, 240);
    await eventually(() => expect([published('a'), published('b')]).toEqual([range(240), range(70)]));
    await eventually(async () => expect([await checkpoint('a'), await checkpoint('b')]).toEqual([240n, 70n]));
  });

  it('killed between publish and move, publishes again', async () => {
    let kills = 0;
    await write('a', 1, 3);
    await relay(
      around(async (records) => {
        await messaging.publish(records);
        if (kills++ === 0) throw new Error('killed here');
      }),
    );
    await eventually(async () => expect(await checkpoint('a')).toBe(3n));
    await eventually(() => expect(published('a')).toEqual([1, 2, 3, 1, 2, 3]));
  });

  it('never moves a checkpoint back: a paused relay finds that another one went on', async () => {
    const paused: (() => void)[] = [];
    await write('a', 1, 3);
    await relay(
      around(async (records) => {
        await new Promise<void>((resolve) => paused.push(resolve));
        await messaging.publish(records);
      }),
    );
    await eventually(() => expect(paused).toHaveLength(1));
    await admin.query(`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'
      and database = (select oid from pg_database where datname = current_database())`);
    await relay();
    await write('a', 4, 6);
    await eventually(async () => expect(await checkpoint('a')).toBe(6n));
    for (const resume of paused) resume();
    await eventually(() => expect(published('a')).toEqual([1, 2, 3, 4, 5, 6, 1, 2, 3]));
    expect(await checkpoint('a')).toBe(6n);
  });

  it('stops at a hole instead of passing it, and other streams go on', async () => {
    await relay();
    await write('a', 1, 2);
    await eventually(async () => expect(await checkpoint('a')).toBe(2n));
    await write('a', 4, 5);
    await write('b', 1, 3);
    await eventually(async () => expect(await checkpoint('b')).toBe(3n));
    expect(await checkpoint('a')).toBe(2n);
    await write('a', 3, 3);
    await eventually(() => expect(published('a')).toEqual([1, 2, 3, 4, 5]));
  });
});
