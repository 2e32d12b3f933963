import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Database } from '@defter/platform';
import { TestLedger } from '../ledger.fixture.js';
import { MISPLACED } from '../proofs/verify/side-tables.js';
import { OldDatabase } from './old-database.fixture.js';
import { histories, RandomHistory } from './random-history.fixture.js';

const LONG = 240_000;

let ledger: TestLedger;
let ledgers: { id: number; head: number }[];
beforeAll(async () => {
  ledger = await TestLedger.start();
  const played = fc.sample(histories, { numRuns: 24, seed: 7 }).filter(({ length }) => length > 3);
  for (const [index, requests] of played.slice(0, 8).entries())
    await new RandomHistory(ledger, `played-${index}`).play(requests);
  await partlyCaptured();
  ledgers = await today().query(
    'select ledger_id as id, sequence::float8 as head from ledger_head where sequence > 1 order by 1',
  );
}, LONG);
afterAll(() => ledger.stop());

let old: OldDatabase;
afterEach(() => old.stop());

const today = () => ledger.database.database;

/** A hold that is captured in part, and the rest of it voided; one that is open; and a date in the future. */
const partlyCaptured = async (): Promise<void> => {
  await ledger.open('holds');
  const hold = { members: { status: 'pending' } };
  const at = { members: { timestamp: '2199-01-01T00:00:00Z' } };
  for (const extra of [hold, hold, at])
    await ledger.transfer('holds', { from: 'world', to: 'users:1', amount: '123456789012345678901' }, extra);
  const capture = { amounts: [{ source: 'world', asset: 'TRY/2', amount: 7 }], remainder: 'keep' };
  const steps = [
    { action: 'POST_HOLD', data: { id: 1, ...capture } },
    { action: 'VOID_HOLD', data: { id: 1 } },
  ];
  const { text, status } = await ledger.call('POST', '/v2/holds/_bulk', { body: steps });
  if (status !== 200) throw new Error(text);
};

/**
 * All that follows from events and is no projection of the first release; hours that even out say nothing.
 */
const historyOf = async (database: Database): Promise<Record<string, unknown[]>> => {
  const tables = {
    dated_entry: 'select * from dated_entry',
    dated_hour: 'select * from dated_hour where input <> 0 or output <> 0',
    dated_run: 'select * from dated_run',
    pending_entry: 'select * from pending_entry',
    ledger_head: 'select ledger_id, latest_effective_at from ledger_head where sequence > 1',
  };
  const rows = Object.entries(tables).map(async ([name, sql]) => {
    const all = await database.query<{ row: string }>(`select t::text as row from (${sql}) t order by 1`);
    return [name, all.map(({ row }) => row)] as const;
  });
  return Object.fromEntries(await Promise.all(rows));
};

const recordAll = async (part: (head: number) => readonly [number, number]): Promise<void> => {
  for (const { id, head } of ledgers) await old.record(today(), id, part(head));
};
const misplacedIn = (database: Database, ledgerId: number) => database.query(MISPLACED, [ledgerId]);
const half = (head: number) => Math.floor(head / 2);

describe('the history of a database of the first release', () => {
  it('has something of everything to be made', async () => {
    old = await OldDatabase.at('0001');
    for (const rows of Object.values(await historyOf(today()))) expect(rows.length).toBeGreaterThan(8);
    const parts = await today().query(`select from event
      where type = 'HoldPosted' and payload ->> 'closed' = 'false'`);
    expect(parts.length).toBeGreaterThan(0);
  });

  it(
    'is what the service would have written, when the migrations have run',
    async () => {
      old = await OldDatabase.at('0001');
      await recordAll((head) => [0, head]);
      await old.migrate();
      expect(await historyOf(old.owner)).toEqual(await historyOf(today()));
    },
    LONG,
  );

  it(
    'is complete where the old release goes on writing, before the backfill and after it',
    async () => {
      old = await OldDatabase.at('0001');
      await recordAll((head) => [0, half(head)]);
      await old.migrate('0010');
      await recordAll((head) => [half(head), head - 1]);
      await old.migrate();
      await recordAll((head) => [head - 1, head]);
      // A run that goes on where the two meet was written as two, which the migrations join.
      expect(await historyOf(old.owner)).toEqual(await historyOf(today()));
      for (const { id } of ledgers) expect(await misplacedIn(old.owner, id)).toEqual([]);
    },
    LONG,
  );

  it(
    'is made a few events at a time, and goes on where it failed',
    async () => {
      old = await OldDatabase.at('0001');
      await recordAll((head) => [0, head]);
      await old.migrate('0010');
      const writer = await old.owner.session();
      const waiter = await old.owner.session();
      const busy = ledgers[2]?.id;
      await writer.query('begin');
      await writer.query('select 1 from ledger_head where ledger_id = $1 for update', [busy]);
      await waiter.query(`set lock_timeout = '100ms'`);
      await expect(waiter.query('call backfill_history(2)')).rejects.toThrow('took longer');
      const done = await waiter.query('select ledger_id as id from history_backfill where done = up_to');
      expect(done).toEqual(ledgers.slice(0, 2).map(({ id }) => ({ id })));
      await writer.query('rollback');
      writer.release();
      for (let times = 0; times < 2; times++) await waiter.query('call backfill_history(2)');
      waiter.release(true);
      expect(await historyOf(old.owner)).toEqual(await historyOf(today()));
    },
    LONG,
  );
});
