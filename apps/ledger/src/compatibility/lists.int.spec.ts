import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestLedger } from '../ledger.fixture.js';
import { type Client, clientOf, move, refusalOf } from './client.fixture.js';

let ledger: TestLedger;
let client: Client;
const main = { ledger: 'main' };
const COUNT = 37;
beforeAll(async () => {
  ledger = await TestLedger.start();
  client = clientOf(ledger);
  await client.createLedger({ ...main, v2CreateLedgerRequest: {} });
  for (let index = 1; index <= COUNT; index++) {
    await client.createTransaction({
      ...main,
      v2PostTransaction: {
        postings: [move('world', `users:${index}`, BigInt(index))],
        reference: `ref-${index}`,
        metadata: { parity: index % 2 === 0 ? 'even' : 'odd' },
      },
    });
  }
});
afterAll(() => ledger.stop());

interface Cursor {
  readonly next?: string | undefined;
  readonly previous?: string | undefined;
  readonly hasMore: boolean;
  readonly data: readonly unknown[];
}
type Read = (cursor: string | undefined) => Promise<Cursor | undefined>;

const lists: Record<string, Read> = {
  transactions: async (cursor) =>
    (await client.listTransactions({ ...main, pageSize: 10, ...(cursor === undefined ? {} : { cursor }) }))
      .v2TransactionsCursorResponse?.cursor,
  accounts: async (cursor) =>
    (await client.listAccounts({ ...main, pageSize: 10, ...(cursor === undefined ? {} : { cursor }) }))
      .v2AccountsCursorResponse?.cursor,
  volumes: async (cursor) =>
    (
      await client.getVolumesWithBalances({
        ...main,
        pageSize: 10,
        ...(cursor === undefined ? {} : { cursor }),
      })
    ).v2VolumesWithBalanceCursorResponse?.cursor,
  logs: async (cursor) =>
    (await client.listLogs({ ...main, pageSize: 10, ...(cursor === undefined ? {} : { cursor }) }))
      .v2LogsCursorResponse?.cursor,
};

/** All pages forward, then back by `previous` to the first. */
const walk = async (read: Read): Promise<{ forth: unknown[][]; back: unknown[][] }> => {
  const forth: unknown[][] = [];
  const back: unknown[][] = [];
  let page = await read(undefined);
  for (let turn = 0; page !== undefined && turn < 20; turn++) {
    forth.push([...page.data]);
    if (!page.hasMore) break;
    page = await read(page.next);
  }
  for (let turn = 0; page?.previous !== undefined && turn < 20; turn++) {
    page = await read(page.previous);
    back.push([...(page?.data ?? [])]);
  }
  return { forth, back };
};

describe('lists by the published client', () => {
  it.each(Object.keys(lists))('of %s are paged in both directions', async (name) => {
    const { forth, back } = await walk(lists[name] as Read);
    const expected = name === 'accounts' || name === 'volumes' ? COUNT + 1 : COUNT;
    expect(forth.map((page) => page.length)).toEqual([10, 10, 10, expected - 30]);
    expect(back).toEqual(forth.slice(0, -1).reverse());
  });

  it('of transactions come newest first, and are found by filters', async () => {
    const find = async (query: Record<string, unknown>) =>
      (
        await client.listTransactions({ ...main, query, pageSize: 100 })
      ).v2TransactionsCursorResponse?.cursor.data.map(({ id }) => id);
    expect(await find({ $match: { reference: 'ref-7' } })).toEqual([7n]);
    expect(await find({ $match: { destination: 'users:9' } })).toEqual([9n]);
    expect(await find({ $match: { account: 'users:11' } })).toEqual([11n]);
    expect(await find({ $match: { 'metadata[parity]': 'even' } })).toHaveLength(18);
    expect(await find({ $or: [{ $match: { id: 3 } }, { $match: { id: 5 } }] })).toEqual([5n, 3n]);
    expect(await find({ $and: [{ $gte: { id: 30 } }, { $match: { 'metadata[parity]': 'odd' } }] })).toEqual([
      37n,
      35n,
      33n,
      31n,
    ]);
    const counted = await client.countTransactions({
      ...main,
      query: { $match: { 'metadata[parity]': 'odd' } },
    });
    expect(counted.headers['count']).toEqual(['19']);
    expect((await client.countTransactions(main)).headers['count']).toEqual([String(COUNT)]);
  });

  it('of the log say what happened, with a hash for each entry', async () => {
    const { v2LogsCursorResponse } = await client.listLogs({ ...main, pageSize: 2 });
    expect(v2LogsCursorResponse?.cursor.data).toMatchObject([
      { id: 37n, type: 'NEW_TRANSACTION', hash: expect.stringMatching(/^\S{20,}$/), date: expect.any(Date) },
      { id: 36n, type: 'NEW_TRANSACTION', data: { transaction: { id: 36n, reference: 'ref-36' } } },
    ]);
  });

  it('refuse what they cannot answer', async () => {
    const [transactions, accounts] = await Promise.all([
      client.listTransactions({ ...main, pageSize: 1 }),
      client.listAccounts({ ...main, pageSize: 1 }),
    ]);
    const foreign = accounts.v2AccountsCursorResponse?.cursor.next ?? '';
    expect(await refusalOf(client.listTransactions({ ...main, cursor: foreign }))).toEqual([
      400,
      'VALIDATION',
    ]);
    const other = transactions.v2TransactionsCursorResponse?.cursor.next ?? '';
    expect(await refusalOf(client.listAccounts({ ...main, cursor: other }))).toEqual([400, 'VALIDATION']);
    const query = { $match: { colour: 'red' } };
    expect(await refusalOf(client.listTransactions({ ...main, query }))).toEqual([400, 'VALIDATION']);
  });
});
