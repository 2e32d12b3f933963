import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestLedger } from '../ledger.fixture.js';
import { type Client, clientOf, move, refusalOf } from './client.fixture.js';

let ledger: TestLedger;
let client: Client;
const main = { ledger: 'main' };
beforeAll(async () => {
  ledger = await TestLedger.start();
  client = clientOf(ledger);
  await client.createLedger({ ...main, v2CreateLedgerRequest: {} });
  const post = (to: string, amount: bigint, asset: string, timestamp: string) =>
    client.createTransaction({
      ...main,
      v2PostTransaction: {
        postings: [move('world', to, amount, asset)],
        timestamp: new Date(timestamp),
        metadata: { to },
        accountMetadata: { [to]: { kind: to.startsWith('users') ? 'user' : 'other' } },
      },
    });
  await post('users:1:main', 100n, 'TRY/2', '2024-01-01T00:00:00Z');
  await post('users:1:save', 50n, 'USD/2', '2024-02-01T00:00:00Z');
  await post('users:2:main', 30n, 'TRY/2', '2024-03-01T00:00:00Z');
  await post('fees', 1n, 'TRY/2', '2024-04-01T00:00:00Z');
});
afterAll(() => ledger.stop());

const addresses = async (request: Omit<Parameters<Client['listAccounts']>[0], 'ledger'> = {}) => {
  const { v2AccountsCursorResponse } = await client.listAccounts({ ...main, ...request });
  return v2AccountsCursorResponse?.cursor.data.map(({ address }) => address).sort();
};

describe('accounts by the published client', () => {
  it('are listed, read with their volumes, and counted', async () => {
    expect(await addresses()).toEqual(['fees', 'users:1:main', 'users:1:save', 'users:2:main', 'world']);
    const { v2AccountResponse } = await client.getAccount({
      ...main,
      address: 'users:1:main',
      expand: 'volumes',
    });
    expect(v2AccountResponse?.data).toMatchObject({
      address: 'users:1:main',
      metadata: { kind: 'user' },
      firstUsage: expect.any(Date),
      insertionDate: expect.any(Date),
      volumes: { 'TRY/2': { input: 100n, output: 0n, balance: 100n } },
    });
    expect((await client.countAccounts(main)).headers['count']).toEqual(['5']);
  });

  it('are found by filters', async () => {
    expect(await addresses({ query: { $match: { address: 'users:1:' } } })).toEqual([
      'users:1:main',
      'users:1:save',
    ]);
    expect(await addresses({ query: { $match: { address: 'users::main' } } })).toEqual([
      'users:1:main',
      'users:2:main',
    ]);
    const both = { $and: [{ $match: { 'metadata[kind]': 'user' } }, { $match: { address: '::main' } }] };
    expect(await addresses({ query: both })).toEqual(['users:1:main', 'users:2:main']);
    expect(await addresses({ query: { $not: { $exists: { metadata: 'kind' } } } })).toEqual(['world']);
    const count = await client.countAccounts({ ...main, query: { $match: { address: 'users:' } } });
    expect(count.headers['count']).toEqual(['3']);
    expect(await refusalOf(addresses({ query: { $like: { address: 'x' } } }))).toEqual([400, 'VALIDATION']);
  });

  it('get and lose metadata', async () => {
    const address = 'users:2:main';
    await client.addMetadataToAccount({ ...main, address, requestBody: { tier: 'gold', gone: 'soon' } });
    await client.deleteAccountMetadata({ ...main, address, key: 'gone' });
    const { v2AccountResponse } = await client.getAccount({ ...main, address });
    expect(v2AccountResponse?.data.metadata).toEqual({ kind: 'user', tier: 'gold' });
  });

  it('show their volumes, all or some, and what they add up to', async () => {
    const all = await client.getVolumesWithBalances(main);
    expect(all.v2VolumesWithBalanceCursorResponse?.cursor.data).toContainEqual({
      account: 'users:1:save',
      asset: 'USD/2',
      input: 50n,
      output: 0n,
      balance: 50n,
    });
    const some = await client.getVolumesWithBalances({ ...main, query: { $match: { account: 'users:1:' } } });
    expect(some.v2VolumesWithBalanceCursorResponse?.cursor.data).toHaveLength(2);
    const whole = await client.getBalancesAggregated(main);
    expect(whole.v2AggregateBalancesResponse?.data).toEqual({ 'TRY/2': 0n, 'USD/2': 0n });
    const users = await client.getBalancesAggregated({ ...main, query: { $match: { address: 'users:' } } });
    expect(users.v2AggregateBalancesResponse?.data).toEqual({ 'TRY/2': 130n, 'USD/2': 50n });
  });

  it('have a past', async () => {
    const pit = new Date('2024-02-15T00:00:00Z');
    const users = await client.getBalancesAggregated({
      ...main,
      pit,
      query: { $match: { address: 'users:' } },
    });
    expect(users.v2AggregateBalancesResponse?.data).toEqual({ 'TRY/2': 100n, 'USD/2': 50n });
  });

  it('that nobody used are not found; an address that is none is refused', async () => {
    expect(await refusalOf(client.getAccount({ ...main, address: 'nobody' }))).toEqual([404, 'NOT_FOUND']);
    expect(await refusalOf(client.getAccount({ ...main, address: 'a::b' }))).toEqual([400, 'VALIDATION']);
  });
});
