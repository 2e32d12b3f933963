import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger, Database } from '@defter/platform';
import { TestLedger } from '../ledger.fixture.js';
import { ledgerDigest } from './ledger-digest.js';
import { rebuildJob } from './rebuild.job.js';

let ledger: TestLedger;
let owner: Database;
let id: number;
beforeAll(async () => {
  ledger = await TestLedger.start();
  const logger = createLogger('test', 'silent');
  owner = new Database({ url: ledger.database.adminUrl, name: 'test owner', logger, poolSize: 2 });
  await ledger.open('main');
  await ledger.call('PATCH', '/v2/main/_settings', { body: { mode: 'shadow' } });
  const [row] = await owner.query<{ id: number }>('select ledger_id as id from ledger');
  id = row?.id ?? 0;
  await happen();
});
afterAll(async () => {
  await owner.close();
  await ledger.stop();
});

type Move = readonly [from: string, to: string, amount: number, members?: object];
const move = (...[from, to, amount, members = {}]: Move) =>
  ledger.transfer('main', { from, to, amount }, { members });

/** Dates in the past and the future, a run of them, holds, a reversal, and both kinds of mismatch. */
const happen = async (): Promise<void> => {
  await move('world', 'users:1', 500);
  for (const day of [3, 4]) await move('world', 'users:1', day, { timestamp: `2026-01-0${day}T10:30:00Z` });
  await move('users:1', 'shop', 70, { timestamp: '2999-01-01T00:00:00Z' });
  const expectedBalances = [{ account: 'users:1', asset: 'TRY/2', balance: 1 }];
  await move('users:1', 'shop', 2_000, { expectedBalances });
  await move('world', 'users:1', 5_000);
  await move('users:1', 'hotel', 40, { status: 'pending' });
  const amounts = [{ source: 'users:1', asset: 'TRY/2', amount: 15 }];
  await ledger.call('POST', '/v2/main/transactions/7/post', { body: { amounts, remainder: 'keep' } });
  await ledger.call('POST', '/v2/main/transactions/7/void', { body: {} });
  await ledger.call('POST', '/v2/main/transactions/2/revert?atEffectiveDate=true', { body: {} });
  const body = { balances: [{ account: 'shop', asset: 'TRY/2', balance: '1' }] };
  const { status } = await ledger.call('POST', '/v2/main/expected-balances', { body });
  if (status !== 200) throw new Error(`${status}`);
  // As the statistics keep it where there are many accounts.
  await owner.query(`insert into account_count
    select ledger_id, 3, count(*) from account where first_sequence <= 3 group by ledger_id`);
};

const run = async (...args: string[]): Promise<{ code: number; text: string }> => {
  const lines: string[] = [];
  const place = ['--tenant-id', 't_one', '--ledger', 'main'];
  const print = (line: string) => lines.push(line);
  const code = await rebuildJob({ args: [...place, ...args], owner, env: {}, print });
  return { code, text: lines.join('\n') };
};

/** Everything that follows from the events, and what is compared beside it. */
const state = async (): Promise<object> => ({
  digest: await ledgerDigest(owner, id),
  mismatches: await owner.query('select * from mismatch order by sequence, part'),
  beside: await owner.query('select latest_effective_at, up_to, accounts from ledger_head, account_count'),
});

/** A table, how it is spoilt, and how the row is named that differs. */
const SPOILT: readonly (readonly [table: string, sql: string, key: string])[] = [
  [
    'dated_entry',
    `update dated_entry set input = input + 1 where account = 'users:1' and sequence = 2`,
    '2 0',
  ],
  ['dated_entry', `update dated_entry set effective_at = effective_at + '1 s' where sequence = 4`, 'shop'],
  ['dated_entry', `delete from dated_entry where account = 'shop'`, 'shop TRY/2 2999-01-01'],
  ['dated_entry', `insert into dated_entry values ($1, 'ghost', 'X', now(), 1, 0, now(), 1, 0)`, 'ghost'],
  ['dated_entry', 'update ledger_head set latest_effective_at = null', 'latest_effective_at'],
  ['dated_entry', `update ledger_head set latest_effective_at = '3999-01-01Z'`, 'latest_effective_at'],
  ['dated_hour', `update dated_hour set output = output - 1 where account = 'world'`, 'world'],
  ['dated_hour', `delete from dated_hour where account = 'users:1'`, 'users:1'],
  ['dated_hour', `insert into dated_hour values ($1, 'ghost', 'X', '2026-01-01Z', 0, 1)`, 'ghost'],
  [
    'dated_run',
    `update dated_run set last_sequence = 3 where account = 'users:1' and first_sequence = 2`,
    'users:1 2',
  ],
  ['dated_run', `delete from dated_run where account = 'world'`, 'world 2'],
  ['dated_run', `insert into dated_run values ($1, 'users:1', 5, 6)`, 'users:1 5'],
  ['pending_entry', `update pending_entry set pending_out = 0 where account = 'users:1'`, 'users:1 TRY/2 7'],
  ['pending_entry', `delete from pending_entry where sequence = 8`, 'hotel TRY/2 8'],
  ['pending_entry', `insert into pending_entry values ($1, 'ghost', 'X', 1, 0, 0)`, 'ghost X 1'],
  ['mismatch', `update mismatch set actual = 9 where kind = 'balance' and origin = 'command'`, '5 1'],
  ['mismatch', `update mismatch set origin = 'comparison' where kind = 'refusal'`, '5 0'],
  ['mismatch', `delete from mismatch where origin = 'command'`, '5 0'],
  [
    'mismatch',
    `insert into mismatch values ($1, 1, 0, 'refusal', 'command', 1, null, null, null, null, '{}', now())`,
    '1 0',
  ],
  ['account', 'update account_count set accounts = 99', 'account_count'],
];

describe('what is spoilt in what follows from the events', () => {
  it('is nothing as long as nobody spoils it, and there is something of everything', async () => {
    const { code, text } = await run();
    expect({ code, text }).toMatchObject({ code: 0 });
    for (const table of new Set(SPOILT.map(([name]) => name)))
      expect(text).toMatch(new RegExp(`^${table} at 10: rebuilt [1-9][0-9]* rows`, 'm'));
    expect(await owner.query(`select from mismatch where origin = 'comparison'`)).toHaveLength(1);
  });

  it.each(SPOILT)('of %s is named and, only when told so, put right: %s', async (table, sql, key) => {
    const before = await state();
    await owner.query(sql.includes('$1') ? sql.replace('$1', `${id}`) : sql);
    const spoilt = await state();
    expect(spoilt).not.toEqual(before);
    const found = await run('--projection', table, '--apply');
    expect(found).toMatchObject({ code: 1, text: expect.stringContaining(key) });
    expect(found.text).toMatch(new RegExp(`^${table}: [1-9][0-9]* rows differ`, 'm'));
    expect(await state()).toEqual(spoilt);
    const applied = await run('--projection', table, '--apply', '--accept-differences');
    expect(applied).toMatchObject({ code: 0, text: expect.stringContaining(`${table}: switched`) });
    expect(await state()).toEqual(before);
  });

  it('of a count beyond the last event is counted up to it', async () => {
    await owner.query('update account_count set up_to = 99');
    expect((await run('--projection', 'account', '--apply', '--accept-differences')).code).toBe(0);
    expect(await owner.query('select up_to, accounts from account_count')).toEqual([
      { up_to: 10n, accounts: 4n },
    ]);
  });

  it('says no more than the hours that say something', async () => {
    await owner.query(`insert into dated_hour values (${id}, 'users:1', 'JPY', '2026-01-01Z', 0, 0)`);
    expect(await run('--projection', 'dated_hour')).toMatchObject({ code: 0 });
  });
});
