import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger, Database } from '@defter/platform';
import { eventually } from '@defter/testing';
import { TestLedger } from '../ledger.fixture.js';
import { MISPLACED } from '../proofs/verify/side-tables.js';
import { compare } from './compare.js';
import { fold, inTransaction } from './fold.js';
import { type Projection, PROJECTIONS } from './projection.js';
import { inSession, isEqual, rebuild } from './rebuild.js';
import { rebuildJob } from './rebuild.job.js';
import { switchOver } from './switch-over.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const LONG = 120_000;
const PAST = ['dated_entry', 'dated_hour', 'dated_run', 'pending_entry', 'mismatch'];

let ledger: TestLedger;
let owner: Database;
beforeAll(async () => {
  ledger = await TestLedger.start({ replicas: 2 });
  const logger = createLogger('test', 'silent');
  // A session of the test holds a lock for as long as the job takes to start.
  const limits = { poolSize: 6, idleInTransactionTimeoutMs: LONG };
  owner = new Database({ url: ledger.database.adminUrl, name: 'test owner', logger, ...limits });
});
afterAll(async () => {
  await owner.close();
  await ledger.stop();
});

const open = async (name: string): Promise<number> => {
  await ledger.open(name);
  await ledger.call('PATCH', `/v2/${name}/_settings`, { body: { mode: 'shadow' } });
  const sql = 'select ledger_id as id from ledger where name = $1';
  const [row] = await owner.query<{ id: number }>(sql, [name]);
  return row?.id ?? 0;
};
const projection = (table: string): Projection => {
  const found = PROJECTIONS[table];
  if (found === undefined) throw new Error(table);
  return found;
};
const argsOf = (name: string, table: string): string[] => [
  '--tenant-id',
  't_one',
  '--ledger',
  name,
  '--projection',
  table,
];
const run = async (
  name: string,
  table: string,
  ...more: string[]
): Promise<{ code: number; text: string }> => {
  const lines: string[] = [];
  const args = [...argsOf(name, table), ...more];
  const code = await rebuildJob({ args, owner, env: {}, print: (line) => lines.push(line) });
  return { code, text: lines.join('\n') };
};

/** One round of what leaves something in the tables of the past, and of what doesn't. */
const write = async (name: string, turn: number): Promise<void> => {
  const account = `users:${turn % 3}`;
  const dated = { timestamp: new Date(Date.UTC(2026, 0, 1 + (turn % 9), turn % 24)).toISOString() };
  const send = (members: object, amount = 5) =>
    ledger.transfer(name, { from: account, to: 'shop', amount }, { members });
  const deposit = await ledger.transfer(name, { from: 'world', to: account, amount: 9 }, { members: dated });
  const hold = await send({ status: 'pending' });
  const path = `/v2/${name}/transactions/${hold.body.data.id}`;
  const amounts = [{ source: account, asset: 'TRY/2', amount: 2 }];
  await ledger.call('POST', `${path}/post`, { body: { amounts, remainder: 'keep' } });
  if (turn % 2 === 0) await ledger.call('POST', `${path}/void`, { body: {} });
  await send(dated, 900);
  const answers = [await send({ expectedBalances: [{ account, asset: 'TRY/2', balance: 1 }] })];
  const reverted = `/v2/${name}/transactions/${deposit.body.data.id}/revert?atEffectiveDate=true`;
  answers.push(await ledger.call('POST', reverted, { body: {} }));
  for (const { status, text } of answers) if (status > 201) throw new Error(text);
};

/** Writes through both replicas, several at a time, for as long as the work takes. */
const whileWriting = async (name: string, work: () => Promise<void>): Promise<void> => {
  let writing = true;
  let turn = 0;
  const loops = Array.from({ length: 3 }, async () => {
    while (writing) await write(name, turn++);
  });
  try {
    await work();
  } finally {
    writing = false;
    await Promise.all(loops);
  }
};

describe('while two replicas write dates, holds and reversals', () => {
  it(
    'the tables of the past are compared in one snapshot: what is under way is no difference',
    async () => {
      const id = await open('busy');
      await whileWriting('busy', async () => {
        for (let round = 0; round < 3; round++)
          for (const table of PAST) {
            const { before } = await rebuild(owner, id, projection(table));
            expect({ table, differences: before.differences }).toEqual({ table, differences: [] });
            expect(isEqual(before)).toBe(true);
          }
      });
      for (const table of PAST) {
        const { before } = await rebuild(owner, id, projection(table));
        expect(isEqual(before)).toBe(true);
        expect(before.rebuilt.rows).toBeGreaterThan(5);
      }
    },
    LONG,
  );

  it(
    'they are switched between two commits, and stay right',
    async () => {
      const id = await open('switched');
      await write('switched', 0);
      await whileWriting('switched', async () => {
        for (const table of PAST) {
          await owner.query(`delete from ${table} where ledger_id = $1`, [id]);
          const { before, switched } = await rebuild(owner, id, projection(table), { switchOver: true });
          expect({ table, equal: isEqual(before) }).toEqual({ table, equal: false });
          expect({ table, after: switched?.after.differences }).toEqual({ table, after: [] });
        }
      });
      // A deleted run was begun anew by the next commit; what came after is right, too.
      for (const table of PAST) {
        const { before } = await rebuild(owner, id, projection(table));
        expect({ table, differences: before.differences }).toEqual({ table, differences: [] });
      }
      expect(await owner.query(MISPLACED, [id])).toEqual([]);
    },
    LONG,
  );

  it('what a commit made of a wrong row, between comparison and switch, is put right with it', async () => {
    const id = await open('between');
    const day = { members: { timestamp: '2026-01-01T00:00:00Z' } };
    const pay = () => ledger.transfer('between', { from: 'world', to: 'users:1', amount: 1 }, day);
    await pay();
    await owner.query('delete from dated_run where ledger_id = $1', [id]);
    await inSession(owner, async (session) => {
      const before = await compare(session, id, projection('dated_run'));
      expect(before.differing).toBe(2);
      await pay();
      await switchOver(session, id, projection('dated_run'), before.sequence);
      const after = await compare(session, id, projection('dated_run'));
      expect(after).toMatchObject({ differences: [], live: { rows: 2 } });
    });
  });
});

const children: ChildProcess[] = [];
/** The job in a process of its own, which can be killed. */
const start = (name: string, table: string, ...more: string[]): ChildProcess => {
  const child = spawn(process.execPath, [MAIN, 'rebuild', ...argsOf(name, table), ...more], {
    env: { ...process.env, MIGRATOR_DATABASE_URL: ledger.database.adminUrl },
    stdio: 'ignore',
  });
  children.push(child);
  return child;
};
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
});
const kill = async (child: ChildProcess): Promise<void> => {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  expect(await exit).toEqual([null, 'SIGKILL']);
};
/** Waits until the job, which takes a while to start, waits for a lock. */
const somebodyWaits = () =>
  eventually(
    async () => {
      const waiting = await owner.query(`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and application_name like '%job%'`);
      expect(waiting).toHaveLength(1);
    },
    { timeoutMs: LONG / 2 },
  );

describe('kill -9', () => {
  it(
    'in the middle of a chunk loses that chunk and no other; meanwhile nobody else may begin',
    async () => {
      const id = await open('killed');
      for (let turn = 0; turn < 4; turn++) await write('killed', turn);
      const session = await owner.session();
      await inTransaction(session, 'read committed', () =>
        fold(session, id, projection('dated_run'), { from: 0n, to: 7n }),
      );
      await session.query('begin; lock table rebuilt_dated_run in share mode');
      const child = start('killed', 'dated_run');
      await somebodyWaits();
      expect(await run('killed', 'dated_run')).toEqual({
        code: 75,
        text: 'Another rebuild of dated_run is running',
      });
      await kill(child);
      await session.query('rollback');
      session.release(true);
      const result = await eventually(() => rebuild(owner, id, projection('dated_run')));
      const [head] = await owner.query<{ sequence: bigint }>(
        'select sequence from ledger_head where ledger_id = $1',
        [id],
      );
      expect(result.events).toBe(parseInt(`${head?.sequence}`, 10) - 7);
      expect(isEqual(result.before)).toBe(true);
    },
    LONG,
  );

  it(
    'in the middle of a switch changes nothing and lets the writers go',
    async () => {
      const id = await open('cut');
      await write('cut', 0);
      await write('cut', 1);
      const spoil = 'update pending_entry set pending_out = pending_out + 1 where ledger_id = $1 returning *';
      const spoilt = await owner.query(spoil, [id]);
      const session = await owner.session();
      await session.query(`begin; select from pending_entry where ledger_id = ${id} for update`);
      const child = start('cut', 'pending_entry', '--apply', '--accept-differences');
      await somebodyWaits();
      const writer = ledger.transfer('cut', { from: 'world', to: 'users:1', amount: 1 });
      await kill(child);
      await session.query('rollback');
      session.release(true);
      expect((await writer).status).toBe(200);
      const rows = await owner.query('select * from pending_entry where ledger_id = $1', [id]);
      expect(rows).toEqual(expect.arrayContaining(spoilt));
      expect(rows).toHaveLength(spoilt.length);
      const mended = await run('cut', 'pending_entry', '--apply', '--accept-differences');
      expect(mended).toMatchObject({ code: 0, text: expect.stringContaining(`${rows.length} rows put`) });
      expect((await run('cut', 'all')).code).toBe(0);
    },
    LONG,
  );
});
