import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestLedger } from '../ledger.fixture.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.start();
  await ledger.open('main');
  await ledger.open('other');
});
afterAll(() => ledger.stop());

const stats = async (name = 'main') => (await ledger.call('GET', `/v2/${name}/stats`)).body.data;
const query = <R extends object>(sql: string) => ledger.database.database.query<R>(sql);
const kept = () => query<{ up_to: bigint; accounts: bigint }>('select up_to, accounts from account_count');

describe('statistics', () => {
  it('count what was committed, exactly: no dry run, no refusal, no account twice', async () => {
    expect(await stats()).toEqual({ accounts: 0, transactions: 0 });
    await ledger.transfer('main', { from: 'world', to: 'a', amount: 5 });
    await ledger.transfer('main', { from: 'a', to: 'b', amount: 1 });
    await ledger.transfer('main', { from: 'nobody', to: 'c', amount: 1 });
    const dry = { postings: [{ source: 'world', destination: 'd', amount: 1, asset: 'TRY/2' }] };
    await ledger.call('POST', '/v2/main/transactions?dryRun=true', { body: dry });
    await ledger.call('POST', '/v2/main/accounts/noted/metadata', { body: { a: 'b' } });
    expect(await stats()).toEqual({ accounts: 4, transactions: 2 });
    expect(await stats('other')).toEqual({ accounts: 0, transactions: 0 });
  });

  it('keep a count, so that what was counted once is not read again', async () => {
    expect(await kept()).toEqual([]);
    // As the events before the head would have left them.
    await query(`
      insert into account (ledger_id, address, first_sequence, inserted_at)
      select ledger_id, 'many:' || n, 1 + n % 3, now()
      from ledger, generate_series(1, 20000) n where name = 'main'`);
    expect((await stats()).accounts).toBe(20_004);
    const [head] = await query<{ sequence: bigint }>(
      `select sequence from ledger_head join ledger using (ledger_id) where name = 'main'`,
    );
    expect(await kept()).toEqual([{ up_to: head?.sequence, accounts: 20_004n }]);
    await ledger.transfer('main', { from: 'world', to: 'after', amount: 5 });
    expect((await stats()).accounts).toBe(20_005);
    expect(await kept()).toEqual([{ up_to: head?.sequence, accounts: 20_004n }]);
  });

  it('find new accounts by an index, whatever the number of old ones', async () => {
    await ledger.database.database.query('analyze account').catch(() => undefined);
    const plan = await query<{ 'QUERY PLAN': string }>(`explain
      select count(*) from account where ledger_id = 1 and first_sequence > 1000000`);
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain('account_first_use');
  });

  it('are right while others write', async () => {
    const writing = Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        ledger.transfer('other', { from: 'world', to: `w:${n}`, amount: 1 }),
      ),
    );
    // A commit's accounts and its transactions are seen together: each of these brought one account.
    for (let read = 0; read < 20; read++) {
      const { accounts, transactions } = await stats('other');
      expect(accounts).toBe(transactions === 0 ? 0 : transactions + 1);
    }
    await writing;
    expect(await stats('other')).toEqual({ accounts: 41, transactions: 40 });
  });
});
