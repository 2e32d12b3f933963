import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLogger, Database } from '@defter/platform';
import { eventually } from '@defter/testing';
import { Writers } from '../engine/writers.js';
import { histories, play } from '../history.fixture.js';
import { TestLedger } from '../ledger.fixture.js';
import { CHUNK, fold, inTransaction } from './fold.js';
import { PROJECTIONS } from './projection.js';
import { isEqual, rebuild, RebuildBusy } from './rebuild.js';
import { rebuildJob } from './rebuild.job.js';

let ledger: TestLedger;
let owner: Database;
beforeAll(async () => {
  ledger = await TestLedger.start();
  const logger = createLogger('test', 'silent');
  owner = new Database({ url: ledger.database.adminUrl, name: 'test owner', logger, poolSize: 2 });
});
afterAll(async () => {
  await owner.close();
  await ledger.stop();
});

let opened = 0;
const open = async (body: object = {}): Promise<{ name: string; id: number }> => {
  const name = `rebuilt-${++opened}`;
  await ledger.open(name, body);
  const [row] = await owner.query<{ ledger_id: number }>('select ledger_id from ledger where name = $1', [
    name,
  ]);
  return { name, id: row?.ledger_id ?? 0 };
};
const projection = (name: string) => {
  const found = PROJECTIONS[name];
  if (found === undefined) throw new Error(name);
  return found;
};
const run = async (name: string, ...more: string[]): Promise<{ code: number; lines: string[] }> => {
  const lines: string[] = [];
  const args = ['--tenant-id', 't_one', '--ledger', name, ...more];
  const code = await rebuildJob({ args, owner, env: {}, print: (line) => lines.push(line) });
  return { code, lines };
};

describe('a rebuild', () => {
  it('of any history gives every live table to the digit (law 7)', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const { name } = await open();
        await play(ledger, name, history);
        const { code, lines } = await run(name);
        expect({ code, lines }).toMatchObject({ code: 0 });
        const equal = lines.filter((line) => line.endsWith(': equal'));
        expect(equal).toHaveLength(Object.keys(PROJECTIONS).length);
      }),
      { numRuns: 20 },
    );
  }, 120_000);

  it('of expired holds, too', async () => {
    const { name, id } = await open();
    await ledger.transfer(name, { from: 'world', to: 'users:1', amount: 100 });
    const members = { status: 'pending', expiresIn: 1 };
    await ledger.transfer(name, { from: 'users:1', to: 'fees', amount: 40 }, { members });
    const writers = ledger.replicas[0]?.get(Writers);
    const submissions = [{ command: { type: 'ExpireHold' as const, hold: { id: 2 } } }];
    await eventually(async () => {
      const outcomes = await writers?.submit(id, { submissions, mode: 'continue', dryRun: false });
      expect(outcomes?.[0]?.accepted).toBe(true);
    });
    expect((await run(name)).code).toBe(0);
  });

  it('refuses an unknown ledger and projection', async () => {
    expect(await run('nobody')).toEqual({ code: 64, lines: ['Tenant t_one has no ledger nobody'] });
    const { name } = await open();
    expect((await run(name, '--projection', 'prices')).code).toBe(64);
  });
});

describe('rows that were changed by hand', () => {
  let name: string;
  let id: number;
  const spoil = (sql: string) => owner.query(sql.replaceAll('$1', `${id}`));
  beforeAll(async () => {
    ({ name, id } = await open());
    await ledger.transfer(name, { from: 'world', to: 'users:1', amount: 100 });
    await ledger.transfer(
      name,
      { from: 'users:1', to: 'users:2', amount: 30 },
      { members: { reference: 'r' } },
    );
    await ledger.transfer(
      name,
      { from: 'users:1', to: 'fees', amount: 20 },
      { members: { status: 'pending' } },
    );
  });
  afterEach(async () => {
    expect((await run(name)).code).toBe(0);
  });

  it.each([
    ['balance', 'update balance set input = input + 1 where ledger_id = $1 and account = $$users:2$$', 1],
    ['balance', 'delete from balance where ledger_id = $1 and account = $$users:1$$', 1],
    [
      'balance',
      'insert into balance select ledger_id, $$ghost$$, asset, 0, 0, 0, 0, null, 1 from balance ' +
        'where ledger_id = $1 and account = $$world$$',
      1,
    ],
    ['transaction', 'update transaction set status = $$posted$$ where ledger_id = $1', 1],
    ['hold', 'update hold set remaining = 0 where ledger_id = $1', 1],
    ['account', 'update account set metadata = $${"a":"b"}$$ where ledger_id = $1', 4],
    ['posting', 'delete from posting where ledger_id = $1', 2],
  ])('in %s are listed, and put right only when told so: %s', async (table, sql, rows) => {
    await spoil(sql);
    const found = await run(name, '--projection', table, '--apply');
    expect(found.code).toBe(1);
    expect(found.lines.join('\n')).toContain(`${table}: ${rows} rows differ`);
    expect(found.lines.join('\n')).toContain('Not switched');
    expect((await run(name, '--projection', table)).code).toBe(1);
    const applied = await run(name, '--projection', table, '--apply', '--accept-differences');
    expect(applied.lines.join('\n')).toContain(`${table}: switched, ${rows} rows`);
    expect(applied.code).toBe(0);
  });

  it('are forgotten by a replica that has them in memory', async () => {
    await ledger.transfer(name, { from: 'world', to: 'users:3', amount: 5 });
    await spoil('update balance set input = input + 1000 where ledger_id = $1 and account = $$users:3$$');
    // The replica reads the wrong balance, and goes on with it.
    await spoil('update ledger_head set settings_version = settings_version + 1 where ledger_id = $1');
    await ledger.transfer(name, { from: 'users:3', to: 'fees', amount: 1 });
    expect((await ledger.balance(name, 'users:3')).available).toBe(1004);
    await run(name, '--projection', 'balance', '--apply', '--accept-differences');
    const tooMuch = await ledger.transfer(name, { from: 'users:3', to: 'fees', amount: 5 });
    expect(tooMuch.body.code).toBe('insufficient-funds');
    await ledger.transfer(name, { from: 'users:3', to: 'fees', amount: 4 });
  });
});

describe('events that were changed by hand', () => {
  const forgeries = [
    `update event set payload = replace(payload::text, '"100"', '"900"')::json
     where ledger_id = $1 and sequence = 1`,
    `update event set type = $$HoldVoided$$ where ledger_id = $1 and sequence = 2`,
    `delete from event where ledger_id = $1 and sequence = 2`,
    `delete from event where ledger_id = $1 and sequence = 3`,
    `insert into event select ledger_id, 4, batch, recorded_at, 1, type, null, null, payload from event
     where ledger_id = $1 and sequence = 1`,
    `update batch set root = sha256($$x$$) where ledger_id = $1 and batch = 2`,
    `delete from batch where ledger_id = $1 and batch = 3`,
  ];
  it.each(forgeries)('become no balances: %s', async (sql) => {
    const { name, id } = await open();
    for (let turn = 0; turn < 3; turn++)
      await ledger.transfer(name, { from: 'world', to: 'users:1', amount: 100 });
    await owner.query(sql.replaceAll('$1', `${id}`));
    const { code, lines } = await run(name, '--apply', '--accept-differences');
    expect({ code, last: lines.at(-1) }).toMatchObject({
      code: 1,
      last: expect.stringContaining('the events are not those that were committed'),
    });
    expect(lines.join('\n')).toMatch(/event|batch/);
    expect((await ledger.balance(name, 'users:1')).available).toBe(300);
    const json = await run(name, '--json');
    expect(JSON.parse(json.lines.join(''))).toMatchObject({ refused: expect.any(String) });
  });
});

describe('while the ledger serves', () => {
  it('compares in one snapshot, so that commits in between are no differences', async () => {
    const { name, id } = await open();
    let writing = true;
    const writer = (async () => {
      while (writing) await ledger.transfer(name, { from: 'world', to: 'users:1', amount: 1 });
    })();
    for (let round = 0; round < 10; round++) {
      const { before } = await rebuild(owner, id, projection('balance'));
      expect(before.differences).toEqual([]);
      expect(isEqual(before)).toBe(true);
    }
    writing = false;
    await writer;
    expect((await run(name)).code).toBe(0);
  });

  it('goes on where a killed run was, and folds no event twice', async () => {
    const { name, id } = await open();
    for (let amount = 1; amount <= 4; amount++)
      await ledger.transfer(name, { from: 'world', to: 'users:1', amount });
    const session = await owner.session();
    await inTransaction(session, 'read committed', () =>
      fold(session, id, projection('balance'), { from: 0n, to: 3n }),
    );
    // Folded and not committed: this is what a kill leaves.
    await session.query('begin');
    await fold(session, id, projection('balance'), { from: 3n, to: 4n });
    session.release(true);
    const { events, before } = await rebuild(owner, id, projection('balance'));
    expect(events).toBe(1);
    expect(isEqual(before)).toBe(true);
    expect(CHUNK).toBeGreaterThan(1_000);
  });

  it('is one at a time', async () => {
    const { name, id } = await open();
    await ledger.transfer(name, { from: 'world', to: 'users:1', amount: 1 });
    const results = await Promise.allSettled([1, 2, 3].map(() => rebuild(owner, id, projection('balance'))));
    const busy = results.filter((result) => result.status === 'rejected');
    for (const { reason } of busy) expect(reason).toBeInstanceOf(RebuildBusy);
    expect(results.length - busy.length).toBeGreaterThanOrEqual(1);
  });
});
