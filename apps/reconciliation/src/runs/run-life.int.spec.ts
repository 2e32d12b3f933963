import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable, type Provider } from '@nestjs/common';
import type { RunView } from '@defter/reconciliation-contracts';
import { Book, settlementText } from '../testing/book.js';
import { faultyBook } from '../testing/faults.js';
import { Stand } from '../testing/stand.js';
import { ClassifyResidue } from './classify-residue.js';
import { FetchedFiles } from './fetched-files.js';
import { IngestReports } from './ingest-reports.js';
import { MatchLines } from './match-lines.js';
import { MatchingDatabase } from './matching-database.js';
import { ReportFetcher } from './report-fetcher.js';
import type { RunRow } from './run.js';
import { RunExecutor } from './run-executor.js';
import { runLoop } from './run-loop.js';
import { RunQueue } from './run-queue.js';
import { RunSteps } from './run-steps.js';
import { TellObservations } from './tell-observations.js';
import { TellSettlements } from './tell-settlements.js';
import { TellToPayments } from './tell-to-payments.js';

const TABLES = `
  select 'match' as what, m.line_key || ' ' || operation_id || ' ' || leg || ' ' || pass || ' '
    || explanation as row from match m
  union all select 'finding', id || ' ' || status || ' ' || severity || ' ' || message || ' '
    || version from finding
  union all select 'change', finding_id || ' ' || version || ' ' || status from finding_change
  union all select 'line', file_id || ' ' || line_number || ' ' || line_hash from report_line
  union all select 'residue', run_id from run_residue
  order by 1, 2`;

const stands: Stand[] = [];
const open = async (options?: Parameters<typeof Stand.start>[0]): Promise<Stand> => {
  const stand = await Stand.start(options);
  stands.push(stand);
  return stand;
};
afterEach(async () => {
  await Promise.all(stands.splice(0).map((stand) => stand.stop()));
});

/** Everything a run leaves behind, as text. */
const result = async (stand: Stand): Promise<string[]> =>
  (await stand.database.database.query<{ what: string; row: string }>(TABLES)).map(
    ({ what, row }) => `${what} ${row}`,
  );

const withBook = async (stand: Stand, seed: number): Promise<void> => {
  const book = faultyBook(seed, 200);
  await stand.know(book.events(), book.ledger);
  stand.shelf.put('2026-01-31', book.text());
};

describe('a process that dies', () => {
  /**
   * Dies at the first call: after the step's whole work, just before its commit; or before it does anything.
   */
  const dying = (
    Step: typeof IngestReports | typeof MatchLines | typeof ClassifyResidue,
    when: 'before' | 'in',
  ): Provider[] => {
    let left = 1;
    @Injectable()
    class DyingQueue extends RunQueue {
      override async advance(...parameters: Parameters<RunQueue['advance']>): Promise<void> {
        await super.advance(...parameters);
        const [, run, { status }] = parameters;
        if (when === 'in' && status === after(Step) && run.attempt === 1 && left-- > 0)
          throw new Error('killed');
      }
    }
    @Injectable()
    class DyingStep extends (Step as typeof MatchLines) {
      override async run(run: RunRow): ReturnType<MatchLines['run']> {
        if (when === 'before' && left-- > 0) throw new Error('killed');
        return super.run(run);
      }
    }
    const steps = [IngestReports, MatchLines, ClassifyResidue].map((known) =>
      known === Step ? { provide: known, useClass: DyingStep } : known,
    );
    return [
      { provide: RunQueue, useClass: DyingQueue },
      FetchedFiles,
      ReportFetcher,
      MatchingDatabase,
      ...[TellObservations, TellSettlements, TellToPayments],
      ...steps,
      RunSteps,
      RunExecutor,
      runLoop(),
    ];
  };
  const after = (Step: unknown): string =>
    Step === IngestReports ? 'matching' : Step === MatchLines ? 'classifying' : 'completed';

  for (const Step of [IngestReports, MatchLines, ClassifyResidue]) {
    for (const when of ['before', 'in'] as const) {
      it(`${when} ${Step.name}: the same result as without`, async () => {
        const [calm, killed] = [await open(), await open({ providers: dying(Step, when) })];
        for (const stand of [calm, killed]) {
          await withBook(stand, 7);
          expect(await stand.reconcile()).toMatchObject({ status: 'completed' });
        }
        expect((await killed.reconcile()).status).toBe('completed');
        const [run] = await killed.database.database.query<{ attempt: number }>(
          'select attempt from run order by run_id',
        );
        expect(run?.attempt).toBe(2);
        expect(await result(killed)).toEqual(await result(calm));
      });
    }
  }

  it('and comes back late finds its run taken and leaves no trace', async () => {
    const stand = await open({ providers: [] });
    await withBook(stand, 3);
    await stand.call('POST', '/run', { body: { provider: 'mock-psp', connection_id: 'c_one' } });
    const worker = await stand.add(['http'], [RunQueue, FetchedFiles, ReportFetcher, IngestReports]);
    const queue = worker.get(RunQueue);
    const stale = (await queue.claim('t_one', 0)) as RunRow;
    await sleep(5);
    const fresh = (await queue.claim('t_one', 60_000)) as RunRow;
    expect([stale.run_id, stale.attempt, fresh.attempt]).toEqual([fresh.run_id, 1, 2]);
    await expect(worker.get(IngestReports).run(stale)).rejects.toThrow();
    expect((await stand.sizes())['report_line']).toBe(0);
    expect(await worker.get(IngestReports).run(fresh)).toBe('matching');
  });
});

describe('requests', () => {
  it('twenty at once are one run', async () => {
    const stand = await open({ providers: [] });
    const body = { provider: 'mock-psp', connection_id: 'c_one' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => stand.call('POST', '/run', { body })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map((answer) => answer.body['id'])).size).toBe(1);
    // Another date is another run; so is the same one after the first has ended.
    const other = await stand.call('POST', '/run', { body: { ...body, business_on: '2026-01-31' } });
    expect(other.body['id']).not.toBe(answers[0]?.body['id']);
  });

  it('of two workers each run is carried out once', async () => {
    const stand = await open();
    await stand.add(['http']);
    await withBook(stand, 5);
    const runs = await Promise.all([stand.reconcile(), stand.reconcile({ business_on: '2026-01-31' })]);
    expect(runs.map(({ status, attempt }) => [status, attempt])).toEqual([
      ['completed', 1],
      ['completed', 1],
    ]);
    const single = await open();
    await withBook(single, 5);
    await single.reconcile();
    const ids = async (of: Stand): Promise<string[]> => (await of.findings()).map(({ id }) => id).sort();
    expect(await ids(stand)).toEqual(await ids(single));
  });

  it('are tried again while the provider is away, and say so when it stays away', async () => {
    const stand = await open({ env: { RUN_WAIT: '60s' } });
    await withBook(stand, 2);
    stand.shelf.away = true;
    const waiting = stand.reconcile();
    while (stand.shelf.listed < 2) await sleep(20);
    stand.shelf.away = false;
    expect(await waiting).toMatchObject({ status: 'completed', failure: null });
  });
});

describe('reports', () => {
  it('whose totals are off stop the run: a finding, nothing used; a correct one closes it', async () => {
    const stand = await open();
    const book = new Book('x');
    for (let index = 0; index < 5; index++) book.add(index);
    await stand.know(book.events(), book.ledger);
    stand.shelf.put('2026-01-30', settlementText('2026-01-30', []));
    stand.shelf.put(
      '2026-01-31',
      book.text().replace(/total,TRY,5,(\d+)/, (_, gross: string) => `total,TRY,5,${BigInt(gross) + 1n}`),
    );
    const failed = await stand.reconcile();
    expect(failed).toMatchObject({ status: 'failed', failure: { code: 'report-unreadable' } });
    expect(failed.failure?.detail).toContain('settlement-2026-01-31');
    expect(await stand.sizes()).toMatchObject({ report_file: 0, report_line: 0, match: 0, finding: 1 });
    const [finding] = await stand.findings('&status=open');
    expect(finding).toMatchObject({
      finding_type: 'batch_sum_mismatch',
      severity: 'HIGH',
      business_on: '2026-01-31',
    });

    stand.shelf.put('2026-01-31', book.text());
    expect(await stand.reconcile()).toMatchObject({ status: 'completed' });
    expect(await stand.findings()).toMatchObject([{ id: finding?.id, status: 'auto_resolved' }]);
  });

  it('that are issued again replace the former: no doubles, corrected differences close', async () => {
    const stand = await open();
    const book = new Book('y');
    for (let index = 0; index < 30; index++) book.add(index);
    await stand.know(book.events(), book.ledger);
    const [wrong, dropped] = [book.lines[3], book.lines[9]];
    if (wrong === undefined || dropped === undefined) throw new Error('no lines');
    wrong.gross += 100_000n;
    book.lines.splice(9, 1);
    stand.shelf.put('2026-01-31', book.text());
    await stand.reconcile();
    const types = async (status: string) =>
      (await stand.findings(`&status=${status}`)).map((f) => f.finding_type).sort();
    expect(await types('open')).toEqual(['amount_mismatch', 'missing_at_psp']);

    wrong.gross -= 100_000n;
    book.lines.push(dropped);
    stand.shelf.put('2026-01-31', book.text());
    await stand.reconcile();
    expect(await types('open')).toEqual(['report_reissued']);
    expect(await types('auto_resolved')).toEqual(['amount_mismatch', 'missing_at_psp']);
    expect(await stand.sizes()).toMatchObject({ report_file: 2, match: 30 });
  });
});

it('sees one moment: what arrives between two statements makes neither side look alone', async () => {
  const stand = await open();
  const book = new Book('u');
  book.add(1);
  stand.shelf.put('2026-01-31', book.text());
  const { database } = stand.database;
  const isWaiting = `
    select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  let run: Promise<RunView> | undefined;
  // Matching is held up between its passes and the look at what is left over.
  await database.transaction(async (tx) => {
    await tx.query('lock table run_residue in exclusive mode');
    run = database.outside(() => stand.reconcile());
    // Outside: inside of a transaction PostgreSQL's statistics stand still.
    while ((await database.outside(() => database.query(isWaiting))).length === 0) await sleep(10);
    await database.outside(() => stand.know(book.events(), book.ledger));
  });
  expect(await run).toMatchObject({ status: 'completed' });
  expect((await stand.findings('&status=open')).map((f) => f.finding_type)).toEqual(['missing_in_ledger']);
  await stand.reconcile();
  expect(await stand.findings('&status=open')).toEqual([]);
});

describe('time', () => {
  const late = async (stand: Stand, asOf: string): Promise<RunView> => stand.reconcile({ as_of: asOf });

  it('within the lag nothing is a finding; after it, it is; when the line comes, it closes', async () => {
    const stand = await open();
    const book = new Book('z');
    for (let index = 0; index < 3; index++) book.add(index);
    const line = book.lines.pop();
    await stand.know(book.events(), book.ledger);
    stand.shelf.put('2026-01-31', book.text());
    // The operation is of 31 January, 10:00; the lag is 48 hours.
    expect(await late(stand, '2026-02-02T09:59:59Z')).toMatchObject({ counts: { findings: 0, expected: 1 } });
    expect(await late(stand, '2026-02-02T10:00:00Z')).toMatchObject({ counts: { findings: 1, raised: 1 } });
    // Looked at as of earlier again: not yet due, but not over either.
    await late(stand, '2026-02-02T09:59:59Z');
    expect(await stand.findings()).toMatchObject([{ finding_type: 'missing_at_psp', status: 'open' }]);

    if (line !== undefined) stand.shelf.put('2026-02-01', settlementText('2026-02-01', [line]));
    await late(stand, '2026-02-03T00:00:00Z');
    expect(await stand.findings()).toMatchObject([{ status: 'auto_resolved', resolution: 'late_arrival' }]);
  });

  it('our own side may be late, too: the operation comes after its line', async () => {
    const stand = await open();
    const book = new Book('w');
    book.add(1);
    stand.shelf.put('2026-01-31', book.text());
    await stand.reconcile();
    expect(await stand.findings()).toMatchObject([{ finding_type: 'missing_in_ledger', status: 'open' }]);
    await stand.know(book.events(), book.ledger);
    await stand.reconcile();
    expect(await stand.findings()).toMatchObject([{ status: 'auto_resolved' }]);
  });

  it('a run up to a date leaves the findings of later days alone', async () => {
    const stand = await open();
    const book = new Book('v');
    book.add(1, { occurredAt: '2026-01-30T10:00:00Z' });
    book.add(2, { occurredAt: '2026-01-31T20:59:59Z' });
    book.add(3, { occurredAt: '2026-01-31T21:00:00Z' }); // 1 February in Istanbul
    await stand.know(book.events(), book.ledger);
    const of = async (businessOn: string): Promise<number> => {
      await stand.reconcile({ business_on: businessOn });
      return (await stand.findings('&status=open')).length;
    };
    expect([
      await of('2026-01-30'),
      await of('2026-01-31'),
      await of('2026-02-01'),
      await of('2026-01-30'),
    ]).toEqual([1, 2, 3, 3]);
  });
});
