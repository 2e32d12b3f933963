import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { V2PostTransaction } from '@formance/formance-sdk/sdk/models/ledger/index.js';
import { TestLedger } from '../ledger.fixture.js';
import { type Client, clientOf, move, refusalOf } from './client.fixture.js';

let ledger: TestLedger;
let client: Client;
beforeAll(async () => {
  ledger = await TestLedger.start();
  client = clientOf(ledger);
  await client.createLedger({ ledger: 'main', v2CreateLedgerRequest: {} });
});
afterAll(() => ledger.stop());

const post = async (
  body: Omit<V2PostTransaction, 'metadata'> & Partial<Pick<V2PostTransaction, 'metadata'>>,
  options: { dryRun?: boolean; idempotencyKey?: string; force?: boolean } = {},
) => {
  const v2PostTransaction = { metadata: {}, ...body };
  const { v2CreateTransactionResponse } = await client.createTransaction({
    ledger: 'main',
    v2PostTransaction,
    ...options,
  });
  return v2CreateTransactionResponse?.data;
};
const read = async (id: bigint) =>
  (await client.getTransaction({ ledger: 'main', id })).v2GetTransactionResponse?.data;

describe('transactions by the published client', () => {
  it('are created with everything that both have, and read back', async () => {
    const timestamp = new Date('2024-02-29T12:00:00.123Z');
    const created = await post({
      postings: [move('world', 'users:1', 1000n), move('users:1', 'fees', 10n)],
      reference: 'order-1',
      timestamp,
      metadata: { order: '1' },
      accountMetadata: { 'users:1': { tier: 'gold' } },
    });
    expect(created).toMatchObject({
      id: 1n,
      postings: [move('world', 'users:1', 1000n), move('users:1', 'fees', 10n)],
      reference: 'order-1',
      timestamp,
      metadata: { order: '1' },
      reverted: false,
      insertedAt: expect.any(Date),
      postCommitVolumes: { 'users:1': { 'TRY/2': { input: 1000n, output: 10n, balance: 990n } } },
      preCommitVolumes: { 'users:1': { 'TRY/2': { input: 0n, output: 0n, balance: 0n } } },
    });
    expect(await read(1n)).toMatchObject({
      id: 1n,
      reference: 'order-1',
      timestamp,
      metadata: { order: '1' },
    });
    const account = await client.getAccount({ ledger: 'main', address: 'users:1' });
    expect(account.v2AccountResponse?.data.metadata).toEqual({ tier: 'gold' });
  });

  it('are tried without an effect', async () => {
    const before = await client.countTransactions({ ledger: 'main' });
    const dry = await post({ postings: [move('world', 'dry', 5n)] }, { dryRun: true });
    expect(dry?.postCommitVolumes?.['dry']?.['TRY/2']?.balance).toBe(5n);
    expect((await client.countTransactions({ ledger: 'main' })).headers).toMatchObject({
      count: before.headers['count'],
    });
  });

  it('happen once for a key', async () => {
    const body = { postings: [move('world', 'keyed', 7n)] };
    const first = await post(body, { idempotencyKey: 'k-1' });
    expect(await post(body, { idempotencyKey: 'k-1' })).toEqual(first);
    const other = post({ postings: [move('world', 'keyed', 8n)] }, { idempotencyKey: 'k-1' });
    expect(await refusalOf(other)).toEqual([409, 'CONFLICT']);
  });

  it('are reverted once, with metadata, as of the original date when asked', async () => {
    const timestamp = new Date('2023-05-06T07:08:09Z');
    const created = await post({ postings: [move('world', 'back', 30n)], timestamp });
    const id = created?.id ?? 0n;
    const dry = await client.revertTransaction({ ledger: 'main', id, dryRun: true });
    expect(dry.v2CreateTransactionResponse?.data.postings).toEqual([move('back', 'world', 30n)]);
    const { statusCode, v2CreateTransactionResponse } = await client.revertTransaction({
      ledger: 'main',
      id,
      atEffectiveDate: true,
      v2RevertTransactionRequest: { metadata: { why: 'mistake' } },
    });
    expect(statusCode).toBe(201);
    expect(v2CreateTransactionResponse?.data).toMatchObject({
      postings: [move('back', 'world', 30n)],
      timestamp,
      metadata: { why: 'mistake' },
    });
    expect(await read(id)).toMatchObject({ reverted: true, revertedAt: expect.any(Date) });
    expect(await refusalOf(client.revertTransaction({ ledger: 'main', id }))).toEqual([
      400,
      'ALREADY_REVERT',
    ]);
  });

  it('get and lose metadata', async () => {
    const { id = 0n } = (await post({ postings: [move('world', 'noted', 1n)], metadata: { a: '1' } })) ?? {};
    const requestBody = { b: '2' };
    expect((await client.addMetadataOnTransaction({ ledger: 'main', id, requestBody })).statusCode).toBe(204);
    await client.addMetadataOnTransaction({ ledger: 'main', id, requestBody: { c: '3' }, dryRun: true });
    await client.deleteTransactionMetadata({ ledger: 'main', id, key: 'a' });
    expect((await read(id))?.metadata).toEqual({ b: '2' });
  });

  it('are refused in words that the client reads', async () => {
    const main = { ledger: 'main' };
    const short = post({ postings: [move('nobody', 'users:1', 1n)] });
    expect(await refusalOf(short)).toEqual([400, 'INSUFFICIENT_FUND']);
    expect(await refusalOf(post({ postings: [] }))).toEqual([400, 'NO_POSTINGS']);
    expect(await refusalOf(post({ postings: [move('world', 'a b', 1n)] }))).toEqual([400, 'VALIDATION']);
    const taken = post({ postings: [move('world', 'users:1', 1n)], reference: 'order-1' });
    expect(await refusalOf(taken)).toEqual([409, 'CONFLICT']);
    expect(await refusalOf(client.getTransaction({ ...main, id: 999_999n }))).toEqual([404, 'NOT_FOUND']);
    expect(await refusalOf(client.revertTransaction({ ...main, id: 999_999n }))).toEqual([404, 'NOT_FOUND']);
    const noted = client.addMetadataOnTransaction({ ...main, id: 999_999n, requestBody: { a: 'b' } });
    expect(await refusalOf(noted)).toEqual([404, 'NOT_FOUND']);
    const elsewhere = client.createTransaction({
      ledger: 'nowhere',
      v2PostTransaction: { metadata: {}, postings: [move('world', 'a', 1n)] },
    });
    expect(await refusalOf(elsewhere)).toEqual([404, 'LEDGER_NOT_FOUND']);
    const script = { plain: 'send [TRY/2 10 (' };
    expect(await refusalOf(post({ script }))).toEqual([400, 'COMPILATION_FAILED']);
  });
});
