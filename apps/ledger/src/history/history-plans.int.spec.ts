import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger, Database } from '@defter/platform';
import { TestLedger } from '../ledger.fixture.js';
import { type Plan, PlanRecorder, seeded } from '../lists.fixture.js';
import { EntryReader } from './entries.read.js';
import { BEGINNING, END, startOf } from './place.js';
import { VolumesAt } from './volumes-at.read.js';

const TRANSACTIONS = 30_000;
const ASSET = 'TRY/2';
/** The seeded year ends on 2026-06-30; the imported history lies 400 days before its recording. */
const MOMENTS = ['2025-08-01T00:30:00.000000Z', '2026-01-15T10:20:30.000000Z', '2026-06-29T23:59:59.000000Z'];

let ledger: TestLedger;
let plain: number;
let imported: number;
let hours: number;
let entries: number;
beforeAll(async () => {
  ledger = await TestLedger.start();
  plain = await seeded(ledger, 'plain', TRANSACTIONS);
  imported = await seeded(ledger, 'imported', TRANSACTIONS);
  await dateAll();
  hours = await rowsOf('dated_hour');
  entries = await rowsOf('dated_entry');
}, 180_000);
afterAll(() => ledger.stop());

/** Rows that the imported history of `world` has in a table. */
const rowsOf = async (table: string): Promise<number> => {
  const sql = `select count(*)::float8 as rows from ${table} where ledger_id = $1 and account = 'world'`;
  const [row] = await ledger.database.database.query<{ rows: number }>(sql, [imported]);
  return row?.rows ?? 0;
};

/** Makes every posting of the imported ledger one that took effect 400 days before it was recorded. */
const dateAll = async (): Promise<void> => {
  const logger = createLogger('test', 'silent');
  const owner = new Database({ url: ledger.database.adminUrl, name: 'owner', logger, poolSize: 1 });
  try {
    for (const statement of DATE_ALL)
      await owner.query(statement, statement.includes('$1') ? [imported] : []);
  } finally {
    await owner.close();
  }
};

const DATE_ALL = [
  `update posting set effective_at = effective_at - interval '400 days' where ledger_id = $1`,
  `insert into dated_entry
    (ledger_id, account, asset, effective_at, sequence, position, recorded_at, input, output)
  select posting.ledger_id, side.account, asset, effective_at, posting.sequence, position, recorded_at,
    sum(side.input), sum(side.output)
  from posting join event on event.ledger_id = posting.ledger_id and event.sequence = posting.sequence
  cross join lateral (values (destination, amount, 0), (source, 0, amount)) as side (account, input, output)
  where posting.ledger_id = $1 group by 1, 2, 3, 4, 5, 6, 7`,
  `insert into dated_hour (ledger_id, account, asset, hour, input, output)
  select ledger_id, account, asset, date_trunc('hour', at, 'UTC'), sum(input), sum(output)
  from (
    select ledger_id, account, asset, effective_at as at, input, output from dated_entry
    union all select ledger_id, account, asset, recorded_at, -input, -output from dated_entry) as change
  where ledger_id = $1 group by 1, 2, 3, 4`,
  `select mark_dated_runs($1, array_agg(account), array_agg(sequence)) from dated_entry where ledger_id = $1`,
  'vacuum analyze dated_entry',
  'vacuum analyze dated_hour',
  'vacuum analyze posting',
];

/** What a question costs: the rows that its statements looked at, none of them by reading a table through. */
const cost = async (work: (database: Database) => Promise<unknown>): Promise<number> => {
  const recorder = new PlanRecorder(ledger.database.database);
  await work(recorder.asDatabase);
  // The head has a row for each ledger, two of them here: its plan is as it likes.
  const scanned = recorder.plans.flatMap(({ seqScans }: Plan) => seqScans);
  expect(scanned.filter((table) => table !== 'ledger_head')).toEqual([]);
  return recorder.plans.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
};

const balanceCost = (ledgerId: number, clock: 'effective' | 'recorded', at: string): Promise<number> =>
  cost((database) =>
    new VolumesAt(database).volumesAt(ledgerId, clock, [{ account: 'world', asset: ASSET, at }]),
  );

describe('the cost of the past', () => {
  it('is there to be measured', () => {
    expect(entries).toBeGreaterThan(2 * hours);
    expect(hours).toBeGreaterThan(500);
  });

  it.each(MOMENTS)('a balance at %s takes look-ups, not the history, by either clock', async (at) => {
    for (const clock of ['effective', 'recorded'] as const)
      expect(await balanceCost(plain, clock, at)).toBeLessThan(60);
    expect(await balanceCost(imported, 'recorded', at)).toBeLessThan(60);
  });

  it.each(MOMENTS)(
    'where all was imported with its dates, a balance at %s takes sums by the hour',
    async (at) => {
      const effectiveAt = `${parseInt(at.slice(0, 4), 10) - 1}${at.slice(4)}`;
      for (const instant of [at, effectiveAt])
        expect(await balanceCost(imported, 'effective', instant)).toBeLessThan(hours + 200);
    },
  );

  it.each(['effective', 'recorded'] as const)(
    'a page of a statement by %s time reads a page',
    async (clock) => {
      for (const [ledgerId, at] of [
        [plain, MOMENTS[1]],
        [imported, '2025-01-10T00:00:00.000000Z'],
      ] as const) {
        const place = startOf(at ?? '');
        for (const part of [
          { above: BEGINNING, below: END, descending: true },
          { above: BEGINNING, below: END, descending: false },
          { above: place, below: END, descending: false },
          { above: BEGINNING, below: place, descending: true },
        ]) {
          const question = {
            account: 'world',
            clock,
            asset: undefined,
            limit: 51,
            known: TRANSACTIONS,
            ...part,
          };
          const read = await cost((database) =>
            new EntryReader(database, new VolumesAt(database)).postings(ledgerId, question),
          );
          expect(read).toBeLessThan(600);
        }
      }
    },
  );
});
