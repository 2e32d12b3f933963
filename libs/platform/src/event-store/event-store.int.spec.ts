import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@defter/testing';
import { appendEvents, loadStream } from './event-store.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.stop());

const happened = (n: number) => ({ type: 'Happened', payload: { n } });

/** Loads, decides that one more event happened, appends. */
const decide = (streamId: string, lock: boolean, tenantId = 't_a') =>
  db.database.transaction(async (tx) => {
    const { version } = await loadStream(tx, tenantId, streamId, { lock });
    await tx.query('select pg_sleep(0.005)');
    return appendEvents(
      tx,
      { tenantId, streamId, expectedVersion: version },
      [happened(Number.parseInt(`${version}`, 10) + 1)],
      'test',
    );
  });
const load = (streamId: string, tenantId = 't_a') =>
  db.database.transaction((tx) => loadStream(tx, tenantId, streamId, { lock: false }));

describe('a stream', () => {
  it('gives back what was appended, numbered from 1', async () => {
    const events = [happened(1), happened(2), happened(3)];
    await db.database.transaction((tx) =>
      appendEvents(tx, { tenantId: 't_a', streamId: 's1', expectedVersion: 0n }, events, 'ayse'),
    );
    const { version, events: stored } = await load('s1');
    expect(version).toBe(3n);
    expect(stored.map((event) => [event.version, event.payload, event.actor])).toEqual([
      [1n, { n: 1 }, 'ayse'],
      [2n, { n: 2 }, 'ayse'],
      [3n, { n: 3 }, 'ayse'],
    ]);
  });

  it('is empty at version 0 before its first event, and belongs to its tenant alone', async () => {
    await decide('s2', true, 't_a');
    expect(await load('s2', 't_b')).toEqual({ version: 0n, events: [] });
  });

  it.each([true, false])(
    'stays gapless under concurrent deciders, each on the state the last one left (lock: %s)',
    async (lock) => {
      const stream = `race-${lock}`;
      await Promise.all(Array.from({ length: lock ? 20 : 4 }, () => decide(stream, lock)));
      const { events } = await load(stream);
      expect(events.map(({ version, payload }) => [version, payload])).toEqual(
        Array.from({ length: lock ? 20 : 4 }, (_, index) => [BigInt(index + 1), { n: index + 1 }]),
      );
    },
  );

  it('refuses an append to another version than the one decided on', async () => {
    await decide('s3', true);
    const stale = db.database.transaction((tx) =>
      appendEvents(tx, { tenantId: 't_a', streamId: 's3', expectedVersion: 5n }, [happened(6)], 'test'),
    );
    await expect(stale).rejects.toMatchObject({ code: 'contention' });
  });
});
