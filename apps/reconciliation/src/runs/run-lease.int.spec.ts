import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { Book, settlementText } from '../testing/book.js';
import { Stand } from '../testing/stand.js';
import { FetchedFiles } from './fetched-files.js';
import type { RunRow } from './run.js';

const stands: Stand[] = [];
const open = async (options?: Parameters<typeof Stand.start>[0]): Promise<Stand> => {
  const stand = await Stand.start(options);
  stands.push(stand);
  return stand;
};
afterEach(async () => {
  await Promise.all(stands.splice(0).map((stand) => stand.stop()));
});

const REQUEST = { body: { provider: 'mock-psp', connection_id: 'c_one' } };
const runsOf = (stand: Stand) =>
  stand.database.database.query<{ lease: string; attempt: number; excused: number; status: string }>(
    'select lease_until::text as lease, attempt, excused, status from run order by run_id',
  );
/** A day's report and what we know of it. */
const withDays = async (stand: Stand, ...days: readonly string[]): Promise<void> => {
  for (const [index, on] of days.entries()) {
    const book = new Book(`d${index}`);
    book.add(1, { occurredAt: `${on}T10:00:00Z` });
    const ledger = book.ledger.map((event) => ({ ...event, sequence: event.sequence + index * 10 }));
    await stand.know(book.events(), ledger);
    stand.shelf.put(on, settlementText(on, book.lines));
  }
};

describe('a run’s worker', () => {
  it('keeps the run while its provider takes longer than a lease', async () => {
    const stand = await open({ env: { RUN_LEASE: '300ms', RUN_WAIT: '60s' } });
    await stand.add(['http']);
    await withDays(stand, '2026-01-31');
    let answer = (): void => undefined;
    stand.shelf.delay = new Promise<void>((resolve) => (answer = resolve));
    const running = stand.reconcile();
    const leases = new Set<string>();
    // Each renewal is a hundred milliseconds after the last: ten of them are three leases.
    await eventually(async () => {
      for (const { lease } of await runsOf(stand)) leases.add(lease);
      expect(leases.size).toBeGreaterThan(10);
    }).finally(answer);
    expect(await running).toMatchObject({ status: 'completed', attempt: 1 });
    expect(stand.shelf.fetched).toEqual(['settlement-2026-01-31']);
  });

  it('gives way to another step of the connection, however long it takes, and loses no attempt', async () => {
    const stand = await open({ providers: [] });
    await withDays(stand, '2026-01-31');
    const { body: run } = await stand.call('POST', '/run', REQUEST);
    const { database } = stand.database;
    // The next attempt is the last one.
    await database.query('update run set attempt = 7');
    await database.transaction(async (tx) => {
      await tx.query('select from reconciled_connection for update');
      await database.outside(async () => {
        await stand.add(['http']);
        await eventually(async () => expect((await runsOf(stand))[0]?.excused).toBeGreaterThan(1));
      });
    });
    await eventually(async () => {
      const { body } = await stand.call('GET', `/runs/${String(run['id'])}`);
      expect(body).toMatchObject({ status: 'completed', failure: null });
    });
    expect((await runsOf(stand))[0]?.attempt).toBeGreaterThan(9);
  });
});

describe('a report', () => {
  it('that an attempt has fetched is not fetched again by the next', async () => {
    const stand = await open({ env: { RUN_WAIT: '60s' } });
    await withDays(stand, '2026-01-30', '2026-01-31');
    stand.shelf.broken.add('settlement-2026-01-31');
    const running = stand.reconcile();
    const times = (day: string) => stand.shelf.fetched.filter((id) => id.endsWith(day)).length;
    await eventually(() => expect(times('31')).toBeGreaterThan(0));
    stand.shelf.broken.clear();
    const run = await running;
    expect(run).toMatchObject({ status: 'completed', counts: { reports: 2, new_reports: 2 } });
    expect(run.attempt).toBeGreaterThan(1);
    expect([times('30'), times('31')]).toEqual([1, run.attempt]);
    expect(await stand.sizes()).toMatchObject({ report_file: 2, match: 2 });
    const left = await stand.database.database.query(
      'select from fetched_file union all select from fetched_part',
    );
    expect(left).toEqual([]);
  });

  it('of an edition that is here, and whose day is over, is not fetched again; any other is', async () => {
    const stand = await open();
    const book = new Book('e');
    for (const index of [1, 2]) book.add(index, { occurredAt: '2026-01-30T10:00:00Z' });
    await stand.know(book.events(), book.ledger);
    const today = '2026-02-10';
    const put = (lines: number, edition: string) =>
      stand.shelf.put('2026-01-30', settlementText('2026-01-30', book.lines.slice(0, lines)), edition);
    const fetchedBy = async (work: () => Promise<unknown>): Promise<string[]> => {
      const before = stand.shelf.fetched.length;
      expect(await work()).toMatchObject({ status: 'completed' });
      return stand.shelf.fetched.slice(before).map((id) => id.slice('settlement-'.length));
    };
    put(1, '1');
    stand.shelf.put('2026-01-31', settlementText('2026-01-31', []));
    stand.shelf.put(today, settlementText(today, []), '1');
    expect(await fetchedBy(() => stand.reconcile())).toEqual(['2026-01-30', '2026-01-31', today]);
    // One has no editions, and the day of the other one isn't over: it grows.
    expect(await fetchedBy(() => stand.reconcile())).toEqual(['2026-01-31', today]);
    put(2, '2');
    expect(await fetchedBy(() => stand.reconcile())).toEqual(['2026-01-30', '2026-01-31', today]);
    expect(await stand.sizes()).toMatchObject({ match: 2 });
    expect((await stand.findings('&status=open')).map((f) => f.finding_type)).toEqual(['report_reissued']);
  });

  it('of any size is kept in parts, and is the same when it is read', async () => {
    const stand = await open({ providers: [] });
    await stand.call('POST', '/run', REQUEST);
    const files = (await stand.add(['http'], [FetchedFiles])).get(FetchedFiles);
    const [run] = await stand.database.database.query<RunRow>(
      `update run set status = 'ingesting', attempt = 1 returning *`,
    );
    if (run === undefined) throw new Error('no run');
    const bytes = Buffer.from(Uint8Array.from({ length: 2_500_000 }, (_, index) => (index * 7) % 251));
    const ref = { id: 'big', businessOn: '2026-01-31' };
    // The second time it keeps what is there.
    for (let attempt = 0; attempt < 2; attempt++) await files.keep(run, 'settlement', { ref, bytes });
    const [file, ...others] = await files.list(stand.database.database, run, []);
    if (file === undefined) throw new Error('no file');
    const parts: Uint8Array[] = [];
    for await (const part of files.parts(stand.database.database, run, file)) parts.push(part);
    expect([others, parts.length, Buffer.concat(parts).equals(bytes)]).toEqual([[], 3, true]);
  });
});
