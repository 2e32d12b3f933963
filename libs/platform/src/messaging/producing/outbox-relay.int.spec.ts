import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, testDatabase, type TestDatabase } from '@defter/testing';
import { Database } from '../../postgres/database.js';
import { Metrics } from '../../service/metrics.js';
import type { Messaging, OutgoingRecord } from '../messaging.js';
import { collect, declare, logger, openMessaging } from '../../testing/messaging-stand.js';
import type { TopicDeclaration } from '../topic.js';
import { enqueue } from './outbox.js';
import { OutboxRelay } from './outbox-relay.js';

let db: TestDatabase;
let messaging: Messaging;
let topic: TopicDeclaration;
let seen: Awaited<ReturnType<typeof collect>>;
let running: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  messaging = await openMessaging();
});
beforeEach(async () => {
  db = await testDatabase();
  topic = declare();
  await messaging.ensureTopics([topic]);
  seen = await collect(messaging, [topic.name]);
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  running = [];
  await seen.stop();
  await db.stop();
});
afterAll(() => messaging.close());

const out = (n: number, key = 'k') => ({
  tenantId: 't_test',
  topic: topic.name,
  key,
  type: 'Numbered',
  id: `m${n}`,
  body: { n },
});
const numbers = (): number[] =>
  seen.records.map(({ value }) => (JSON.parse(value.toString()) as { n: number }).n);
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const unpublished = async (): Promise<bigint | undefined> =>
  (await db.database.query<{ count: bigint }>('select count(*) from outbox where published_at is null'))[0]
    ?.count;

async function relay(over: Messaging = messaging, database: Database = db.database): Promise<OutboxRelay> {
  const started = new OutboxRelay({
    database,
    messaging: over,
    logger,
    metrics: new Metrics('test'),
    pollMs: 10,
  });
  await started.start();
  running.push(started);
  return started;
}

/** The real messaging with something in the way of `publish`. */
function around(publish: (records: readonly OutgoingRecord[]) => Promise<void>): Messaging {
  return Object.assign(Object.create(messaging) as Messaging, { publish });
}

describe('the outbox relay', () => {
  it('publishes what was committed, as a CloudEvent, and nothing that was rolled back', async () => {
    await relay();
    const rolledBack = db.database.transaction(async (tx) => {
      await enqueue(tx, [out(1)]);
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    await db.database.transaction((tx) => enqueue(tx, [{ ...out(2), subject: 'it' }]));
    await eventually(() => expect(numbers()).toEqual([2]));
    expect(seen.records[0]?.headers).toMatchObject({
      ce_specversion: '1.0',
      ce_id: 'm2',
      ce_type: 'Numbered',
      ce_source: 'test',
      ce_subject: 'it',
      ce_tenantid: 't_test',
      'content-type': 'application/json',
    });
    await eventually(async () => expect(await unpublished()).toBe(0n));
  });

  it('publishes a row that becomes visible after later ones were published', async () => {
    await relay();
    const slow = await db.database.connection();
    await slow.query('begin');
    await enqueue({ query: slow.query.bind(slow), signal: () => undefined } as never, [out(1, 'slow')]);
    for (const n of [2, 3]) await db.database.transaction((tx) => enqueue(tx, [out(n)]));
    await eventually(() => expect(numbers()).toEqual([2, 3]));
    await slow.query('commit');
    slow.release();
    await eventually(() => expect(numbers()).toEqual([2, 3, 1]));
  });

  it('loses and skips nothing among many concurrent writers, and keeps the order of each key', async () => {
    await Promise.all([relay(), relay(), relay()]);
    const keys = ['a', 'b', 'c', 'd'];
    await db.database.query(`insert into stream select 't_test', key, 1 from unnest($1::text[]) key`, [keys]);
    const write = (n: number) =>
      db.database.transaction(async (tx) => {
        const key = keys[n % 4] ?? '';
        // The key's row lock makes the order; the number says which place the writer got.
        const sql = `update stream set version = version + 1
          where tenant_id = 't_test' and stream_id = $1 returning version`;
        const [row] = await tx.query<{ version: bigint }>(sql, [key]);
        const body = { n, version: Number.parseInt(`${row?.version}`, 10) };
        await enqueue(tx, [{ ...out(n, key), body }]);
        if (n % 5 === 0) await tx.query('select pg_sleep(0.02)');
      });
    // 24 at once: three times the pool, so they wait for it, but never as long as its limit.
    const left = range(400);
    const writer = async (): Promise<void> => {
      for (let n = left.shift(); n !== undefined; n = left.shift()) await write(n);
    };
    await Promise.all(Array.from({ length: 24 }, writer));
    await eventually(() => expect(new Set(numbers())).toEqual(new Set(range(400))));
    for (const key of keys) {
      const versions = seen.records
        .filter((record) => record.key === key)
        .map(({ value }) => (JSON.parse(value.toString()) as { version: number }).version);
      expect(versions).toEqual(range(100).map((n) => n + 1));
    }
  });

  it('killed between publish and mark, publishes again: duplicates, never a loss', async () => {
    let kills = 0;
    const dying = around(async (records) => {
      await messaging.publish(records);
      if (kills++ < 2) throw new Error('killed here');
    });
    await db.database.transaction((tx) =>
      enqueue(
        tx,
        range(5).map((n) => out(n)),
      ),
    );
    await relay(dying);
    await eventually(async () => expect(await unpublished()).toBe(0n));
    await eventually(() => expect(numbers()).toEqual([...range(5), ...range(5), ...range(5)]));
  });

  it('does no harm as a zombie: paused in its publish, its lock lost, another one going on', async () => {
    const paused: (() => void)[] = [];
    const zombie = around(async (records) => {
      await new Promise<void>((resolve) => paused.push(resolve));
      await messaging.publish(records);
    });
    await db.database.transaction((tx) => enqueue(tx, [out(1), out(2)]));
    await relay(zombie);
    await eventually(() => expect(paused).toHaveLength(1));
    const admin = new Database({ url: db.adminUrl, name: 'admin', logger });
    const locks = `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and database =
      (select oid from pg_database where datname = current_database())`;
    await admin.query(locks);
    await relay();
    await eventually(() => expect(numbers()).toEqual([1, 2]));
    await db.database.transaction((tx) => enqueue(tx, [out(3)]));
    await eventually(() => expect(numbers()).toEqual([1, 2, 3]));
    for (const resume of paused) resume();
    await eventually(() => expect(numbers()).toEqual([1, 2, 3, 1, 2]));
    await eventually(async () => expect(await unpublished()).toBe(0n));
    await admin.close();
  });

  it('is woken by a commit rather than by its poll', async () => {
    const waiting = new OutboxRelay({
      database: db.database,
      messaging,
      logger,
      metrics: new Metrics('test'),
      pollMs: 60_000,
    });
    await waiting.start();
    running.push(waiting);
    const held = `select from pg_locks where locktype = 'advisory' and granted`;
    await eventually(async () => expect(await db.database.query(held)).toHaveLength(1));
    await db.database.transaction((tx) => enqueue(tx, [out(1)]));
    await eventually(() => expect(numbers()).toEqual([1]));
  });

  it('follows a leader that stops, on the one session it already has', async () => {
    const leader = await relay();
    const locks = `select from pg_locks where locktype = 'advisory' and granted`;
    await eventually(async () => expect(await db.database.query(locks)).toHaveLength(1));
    await relay();
    const sessions = `select pid from pg_stat_activity
      where usename = 'defter_test' and query like '%pg_try_advisory_lock%'
      and query not like '%pg_stat_activity%'`;
    const before = await eventually(async () => {
      const found = await db.database.query(sessions);
      expect(found).toHaveLength(1);
      return found;
    });
    await db.database.query('select pg_sleep(0.2)');
    expect(await db.database.query(sessions)).toEqual(before);
    await leader.stop();
    await db.database.transaction((tx) => enqueue(tx, [out(1)]));
    await eventually(() => expect(numbers()).toEqual([1]));
  });

  it('refuses a body that no broker takes together with its effect', async () => {
    const large = { ...out(1), body: { text: 'x'.repeat(1_000_000) } };
    await expect(db.database.transaction((tx) => enqueue(tx, [large]))).rejects.toThrow('above the limit');
  });

  it('removes published rows after their time', async () => {
    const keeping = new OutboxRelay({
      database: db.database,
      messaging,
      logger,
      metrics: new Metrics('test'),
      pollMs: 10,
      keepMs: 0,
      pruneEveryMs: 10,
    });
    await keeping.start();
    running.push(keeping);
    await db.database.transaction((tx) => enqueue(tx, [out(1)]));
    await eventually(async () => expect(await db.database.query('select from outbox')).toEqual([]));
    await eventually(() => expect(numbers()).toEqual([1]));
  });
});
