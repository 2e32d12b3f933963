import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestLedger } from '../ledger.fixture.js';
import { seeded } from '../lists.fixture.js';
import { EntrySumReader } from './entry-sums.read.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.start();
  await ledger.open('main');
});
afterAll(() => ledger.stop());

interface Sum {
  readonly account: string;
  readonly asset: string;
  readonly input: number;
  readonly output: number;
  readonly balance: number;
}
const ask = (query: string, name = 'main') => ledger.call('GET', `/v2/${name}/entries/sums${query}`);
const sumsOf = async (from: number, to: number, name = 'main') => {
  const { status, body } = await ask(`?from=${from}&to=${to}`, name);
  expect(status).toBe(200);
  return body.data as { from: number; through: number; sums: Sum[] };
};

const idOf = async (name: string): Promise<number> => {
  const sql = 'select ledger_id as id from ledger where name = $1';
  const [row] = await ledger.database.database.query<{ id: number }>(sql, [name]);
  return row?.id ?? 0;
};
const postingsUpTo = async (sequence: number): Promise<number> => {
  const sql = 'select count(*)::int as n from posting where ledger_id = $1 and sequence <= $2';
  const [row] = await ledger.database.database.query<{ n: number }>(sql, [await idOf('large'), sequence]);
  return row?.n ?? 0;
};

describe('sums of entries', () => {
  it('are those of the range: what was moved and captured, not what is only held', async () => {
    await ledger.transfer('main', { from: 'world', to: 'users:1', amount: 1000 });
    const hold = await ledger.transfer(
      'main',
      { from: 'users:1', to: 'shop', amount: 400 },
      { members: { status: 'pending' } },
    );
    const amounts = [{ source: 'users:1', asset: 'TRY/2', amount: 150 }];
    const path = `/v2/main/transactions/${hold.body.data.id}/post`;
    expect((await ledger.call('POST', path, { body: { amounts } })).status).toBe(200);
    const [first, held, all] = [await sumsOf(1, 1), await sumsOf(2, 2), await sumsOf(1, 999)];
    expect(first).toEqual({
      ...{ from: 1, through: 1 },
      sums: [
        { account: 'users:1', asset: 'TRY/2', input: 1000, output: 0, balance: 1000 },
        { account: 'world', asset: 'TRY/2', input: 0, output: 1000, balance: -1000 },
      ],
    });
    expect(held).toEqual({ from: 2, through: 2, sums: [] });
    expect(all.through).toBe(3);
    expect(all.sums.map(({ account, balance }) => [account, balance])).toEqual([
      ['shop', 150],
      ['users:1', 850],
      ['world', -1000],
    ]);
    const { body } = await ledger.call('GET', '/v2/main/volumes');
    const balances = body.cursor.data.map(({ account, input, output }: Sum) => [account, input, output]);
    expect(all.sums.map(({ account, input, output }) => [account, input, output])).toEqual(balances);
  });

  it('end with the last whole event of 20,000 postings, and go on behind it', async () => {
    await seeded(ledger, 'large', 20_500);
    const first = await sumsOf(1, 50_000, 'large');
    const rest = await sumsOf(first.through + 1, 50_000, 'large');
    expect(rest.through).toBe(20_500);
    expect(await postingsUpTo(first.through)).toBeLessThanOrEqual(20_000);
    expect(await postingsUpTo(first.through + 1)).toBeGreaterThan(20_000);
    const whole = new Map<string, number>();
    for (const { account, asset, balance } of [...first.sums, ...rest.sums])
      whole.set(`${account} ${asset}`, (whole.get(`${account} ${asset}`) ?? 0) + balance);
    const sql = `select account, asset, (input - output)::float8 as balance from balance
      where ledger_id = (select ledger_id from ledger where name = 'large')`;
    const rows = await ledger.database.database.query<Sum>(sql);
    expect(rows.length).toBeGreaterThan(10);
    expect(whole).toEqual(new Map(rows.map((row) => [`${row.account} ${row.asset}`, row.balance])));
  });

  it('of one event with more than that are whole', async () => {
    await ledger.open('wide');
    const postings = Array.from({ length: 30 }, (_, n) => ({
      ...{ source: 'world', destination: `users:${n}`, amount: 1, asset: 'TRY/2' },
    }));
    for (let times = 0; times < 2; times++)
      await ledger.call('POST', '/v2/wide/transactions', { body: { postings } });
    const reader = new EntrySumReader(ledger.database.database);
    const { through, sums } = await reader.sums(await idOf('wide'), 1, 5, 10);
    expect([through, sums.length]).toEqual([1, 31]);
    expect(sums.at(-1)).toEqual({ account: 'world', asset: 'TRY/2', input: 0n, output: 30n });
  });

  it('of events that aren’t there are none, and say how far the ledger is', async () => {
    expect(await sumsOf(50, 60)).toEqual({ from: 50, through: 3, sums: [] });
  });

  it.each(['', '?from=1', '?from=0&to=1', '?from=2&to=1', '?from=1&to=x', '?from=1&to=2&more=1'])(
    'for %j is refused',
    async (query) => {
      const { status, body } = await ask(query);
      expect([status, body.code]).toEqual([400, 'malformed']);
    },
  );
});
