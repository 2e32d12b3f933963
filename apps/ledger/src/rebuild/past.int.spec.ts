import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLogger, Database } from '@defter/platform';
import { histories, RandomHistory } from '../history/random-history.fixture.js';
import { TestLedger } from '../ledger.fixture.js';
import { fold, inTransaction } from './fold.js';
import { PAST_COLUMNS, pastTables, type PastTables } from './past.fixture.js';
import { type Projection, PROJECTIONS } from './projection.js';
import { inSession, isEqual, rebuildIn } from './rebuild.js';

const LONG = 120_000;

let ledger: TestLedger;
let owner: Database;
beforeAll(async () => {
  ledger = await TestLedger.start({ replicas: 2 });
  const logger = createLogger('test', 'silent');
  owner = new Database({ url: ledger.database.adminUrl, name: 'test owner', logger, poolSize: 2 });
});
afterAll(async () => {
  await owner.close();
  await ledger.stop();
});

const idOf = async (name: string): Promise<number> => {
  const sql = 'select ledger_id as id from ledger where name = $1';
  const [row] = await owner.query<{ id: number }>(sql, [name]);
  return row?.id ?? 0;
};
const projection = (table: string): Projection => {
  const found = PROJECTIONS[table];
  if (found === undefined) throw new Error(table);
  return found;
};
const TABLES = Object.keys(PAST_COLUMNS) as (keyof PastTables)[];

/** What stands in a table, in the form of the reference. */
const rowsIn = async (table: keyof PastTables, id: number): Promise<string[]> => {
  const columns = PAST_COLUMNS[table].map((column) => `(${column})::text`).join(', ');
  const where = table === 'dated_hour' ? 'and (input <> 0 or output <> 0)' : '';
  const rows = await owner.query<{ row: string[] }>(
    `select array[${columns}] as row from ${table} where ledger_id = $1 ${where}`,
    [id],
  );
  return rows.map(({ row }) => row.join(' ')).sort();
};

let played = 0;
const play = async (requests: Parameters<RandomHistory['play']>[0]) => {
  const history = new RandomHistory(ledger, `past-${++played}`);
  await history.play(requests);
  return { history, id: await idOf(history.name) };
};

describe('the tables of the past', () => {
  it(
    'are what the reference makes of the events, live and rebuilt, however the events are cut into chunks',
    async () => {
      const seen = new Map<string, number>();
      const some = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(histories, some, async (requests, sizes) => {
          const { history, id } = await play(requests);
          const model = await history.model();
          const wanted = pastTables(model);
          await inSession(owner, async (session) => {
            for (const table of TABLES) {
              let from = 0n;
              for (let turn = 0; from < BigInt(model.events.length); turn++) {
                const size = BigInt(sizes[turn % sizes.length] ?? 1);
                const end = BigInt(model.events.length);
                const range = { from, to: from + size < end ? from + size : end };
                await inTransaction(session, 'read committed', () =>
                  fold(session, id, projection(table), range),
                );
                from = range.to;
              }
              const { before } = await rebuildIn(session, id, projection(table), {});
              expect({ table, differences: before.differences }).toEqual({ table, differences: [] });
              expect(isEqual(before)).toBe(true);
              expect(await rowsIn(table, id)).toEqual(wanted[table].map((row) => row.join(' ')).sort());
              seen.set(table, (seen.get(table) ?? 0) + before.rebuilt.rows);
            }
          });
        }),
        { numRuns: 12 },
      );
      for (const table of TABLES) expect(seen.get(table)).toBeGreaterThan(10);
    },
    LONG,
  );
});
