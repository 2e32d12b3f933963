import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable, type Provider } from '@nestjs/common';
import { eventually } from '@defter/testing';
import { runExecution } from '../roles.js';
import { Book, settlementText } from '../testing/book.js';
import { Stand } from '../testing/stand.js';
import { FetchedFiles } from './fetched-files.js';
import { IngestReports } from './ingest-reports.js';
import { ReportFetcher } from './report-fetcher.js';
import { type RunRow, RunTakenOver } from './run.js';
import { RunExecutor } from './run-executor.js';
import { RunQueue } from './run-queue.js';

const stands: Stand[] = [];
const open = async (options?: Parameters<typeof Stand.start>[0]): Promise<Stand> => {
  const stand = await Stand.start(options);
  stands.push(stand);
  return stand;
};
afterEach(async () => {
  await Promise.all(stands.splice(0).map((stand) => stand.stop()));
});

/** Three days with a report each. */
const DAYS = ['2026-01-29', '2026-01-30', '2026-01-31'];
const withDays = async (stand: Stand): Promise<void> => {
  const book = new Book('d');
  for (const [index, on] of DAYS.entries()) book.add(index, { occurredAt: `${on}T10:00:00Z` });
  await stand.know(book.events(), book.ledger);
  for (const [index, on] of DAYS.entries())
    stand.shelf.put(on, settlementText(on, book.lines.slice(index, index + 1)));
};

describe('a PostgreSQL that crashes empties what was fetched', () => {
  let emptied = false;
  /** What its unlogged tables are after a crash or on a new primary, once, after so many files. */
  const emptiedAfter = (stand: () => Stand, files: number): Provider[] => {
    let kept = 0;
    emptied = false;
    @Injectable()
    class EmptiedFiles extends FetchedFiles {
      override async keep(...parameters: Parameters<FetchedFiles['keep']>): Promise<void> {
        await super.keep(...parameters);
        if (++kept !== files) return;
        // The service may not truncate.
        for (const table of ['fetched_part', 'fetched_file'])
          await stand().database.database.query(`delete from ${table}`);
        emptied = true;
      }
    }
    return runExecution.map((known) =>
      known === FetchedFiles ? { provide: FetchedFiles, useClass: EmptiedFiles } : known,
    );
  };

  for (const [when, files] of [
    ['between two files', 1],
    ['before they are stored', DAYS.length],
  ] as const) {
    it(`${when}: the run fetches anew, and has all of them`, async () => {
      const stand: Stand = await open({
        env: { RUN_WAIT: '60s' },
        providers: emptiedAfter(() => stand, files),
      });
      await withDays(stand);
      const run = await stand.reconcile();
      expect(run).toMatchObject({ status: 'completed', counts: { reports: 3, new_reports: 3 } });
      expect([emptied, run.attempt]).toEqual([true, 2]);
      expect(await stand.sizes()).toMatchObject({ report_file: 3, match: 3 });
      expect(await stand.findings('&status=open')).toEqual([]);
    });
  }
});

const REQUEST = { body: { provider: 'mock-psp', connection_id: 'c_one' } };
/** A run that nothing but the test carries out. */
const byHand = async () => {
  const stand = await open({ providers: [] });
  await withDays(stand);
  await stand.call('POST', '/run', REQUEST);
  const worker = await stand.add(['http'], [RunQueue, FetchedFiles, ReportFetcher, IngestReports]);
  const queue = worker.get(RunQueue);
  const claimed = async (leaseMs = 60_000): Promise<RunRow> => {
    const run = await queue.claim('t_one', leaseMs);
    if (run === undefined) throw new Error('no run');
    return run;
  };
  return { stand, queue, ingest: worker.get(IngestReports), claimed };
};

describe('an attempt whose run somebody else has taken', () => {
  it('leaves no file behind that it fetches after', async () => {
    const { stand, ingest, claimed } = await byHand();
    const { database } = stand.database;
    const stale = await claimed(-1);
    let answer = (): void => undefined;
    stand.shelf.delay = new Promise<void>((resolve) => (answer = resolve));
    const late = ingest.run(stale);
    late.catch(() => undefined);
    await eventually(() => expect(stand.shelf.fetched).toHaveLength(1));
    stand.shelf.delay = Promise.resolve();
    const fresh = await claimed();
    expect(await ingest.run(fresh)).toBe('matching');
    answer();
    await expect(late).rejects.toThrow(RunTakenOver);
    expect(await database.query('select from fetched_file union all select from fetched_part')).toEqual([]);
    expect(await stand.sizes()).toMatchObject({ report_file: 3 });
  });
});

describe('a step’s end', () => {
  it('gives the next one a whole lease, however long it took', async () => {
    const { stand, queue, claimed } = await byHand();
    const run = await claimed();
    const { database } = stand.database;
    const lease = () =>
      database.query<{ later: boolean }>(`select lease_until > clock_timestamp() as later from run`);
    await database.transaction(async (tx) => {
      await queue.enter(tx, run, 'ingesting');
      // As if it had begun long ago.
      await tx.query(`update run set lease_until = clock_timestamp() - interval '1 hour'`);
      await queue.advance(tx, run, { status: 'matching', counts: {} });
    });
    expect(await lease()).toEqual([{ later: true }]);
  });
});

describe('a run that waits for its connection', () => {
  it('asks its provider ever more seldom, up to every half a minute', async () => {
    const pauses: number[] = [];
    @Injectable()
    class NotedQueue extends RunQueue {
      override async later(run: RunRow, pauseMs: number, excused = false): Promise<void> {
        if (excused) pauses.push(pauseMs);
        await super.later(run, 0, excused);
      }
    }
    const stand = await open({ providers: [] });
    await withDays(stand);
    await stand.call('POST', '/run', REQUEST);
    const { database } = stand.database;
    await database.transaction(async (tx) => {
      await tx.query('select from reconciled_connection for update');
      await database.outside(async () => {
        const providers = runExecution.filter((known) => typeof known === 'function' && known !== RunQueue);
        const worker = await stand.add(['http'], [{ provide: RunQueue, useClass: NotedQueue }, ...providers]);
        for (let attempt = 0; attempt < 8; attempt++)
          await worker.get(RunExecutor).once('t_one', () => false);
      });
    });
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });
});

describe('a file of an edition that is here', () => {
  it('is fetched again until its day is over everywhere: the provider may be further west', async () => {
    const stand = await open();
    stand.shelf.put('2026-02-09', settlementText('2026-02-09', []), '1');
    const fetchedAt = async (now: string): Promise<number> => {
      stand.clock.advance(Date.parse(now) - stand.clock.now().getTime());
      const before = stand.shelf.fetched.length;
      expect(await stand.reconcile()).toMatchObject({ status: 'completed' });
      return stand.shelf.fetched.length - before;
    };
    // In Istanbul the day has ended at 21:00 UTC; on Baker Island at noon.
    expect(await fetchedAt('2026-02-10T11:59:59Z')).toBe(1);
    expect(await fetchedAt('2026-02-10T12:00:00Z')).toBe(1);
    expect(await fetchedAt('2026-02-10T12:00:01Z')).toBe(0);
  });
});
