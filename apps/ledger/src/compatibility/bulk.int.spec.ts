import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { V2BulkElement } from '@formance/formance-sdk/sdk/models/ledger/index.js';
import { TestLedger } from '../ledger.fixture.js';
import { type Client, clientOf, move, refusalOf } from './client.fixture.js';

let ledger: TestLedger;
let client: Client;
beforeAll(async () => {
  ledger = await TestLedger.start({ env: { BULK_LIMIT: '10' } });
  client = clientOf(ledger);
  await client.createLedger({ ledger: 'main', v2CreateLedgerRequest: {} });
});
afterAll(() => ledger.stop());

const create = (from: string, to: string, amount: bigint, ik?: string): V2BulkElement => ({
  action: 'CREATE_TRANSACTION',
  data: { postings: [move(from, to, amount)], metadata: {} },
  ...(ik === undefined ? {} : { ik }),
});
const bulk = async (
  requestBody: V2BulkElement[],
  options: { atomic?: boolean; continueOnFailure?: boolean; parallel?: boolean } = {},
) => {
  const { statusCode, v2BulkResponse } = await client.createBulk({ ledger: 'main', requestBody, ...options });
  return { statusCode, results: v2BulkResponse?.data ?? [] };
};
const kinds = (results: readonly { responseType: string }[]) =>
  results.map(({ responseType }) => responseType);

describe('bulks by the published client', () => {
  it('do every kind of element that both have, in order', async () => {
    const { statusCode, results } = await bulk([
      create('world', 'b:1', 100n, 'bulk-1'),
      create('b:1', 'b:2', 40n),
      {
        action: 'ADD_METADATA',
        data: { targetType: 'TRANSACTION', targetId: 1n, metadata: { seen: 'yes', gone: 'soon' } },
      },
      {
        action: 'ADD_METADATA',
        data: { targetType: 'ACCOUNT', targetId: 'b:1', metadata: { tier: 'gold' } },
      },
      { action: 'DELETE_METADATA', data: { targetType: 'TRANSACTION', targetId: 1n, key: 'gone' } },
      { action: 'REVERT_TRANSACTION', data: { id: 2n, metadata: { why: 'bulk' } } },
    ]);
    expect(statusCode).toBe(200);
    expect(kinds(results)).toEqual([
      'CREATE_TRANSACTION',
      'CREATE_TRANSACTION',
      'ADD_METADATA',
      'ADD_METADATA',
      'DELETE_METADATA',
      'REVERT_TRANSACTION',
    ]);
    expect(results.map((result) => result.logID)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(results[5]).toMatchObject({
      data: { postings: [move('b:2', 'b:1', 40n)], metadata: { why: 'bulk' } },
    });
    const { v2GetTransactionResponse } = await client.getTransaction({ ledger: 'main', id: 1n });
    expect(v2GetTransactionResponse?.data.metadata).toEqual({ seen: 'yes' });
  });

  it('stop at a refusal, or go on after it', async () => {
    const elements = [create('world', 'c', 1n), create('empty', 'c', 1n), create('world', 'c', 1n)];
    const stopped = await bulk(elements);
    expect([stopped.statusCode, kinds(stopped.results)]).toEqual([
      400,
      ['CREATE_TRANSACTION', 'ERROR', 'ERROR'],
    ]);
    expect(stopped.results[1]).toMatchObject({ errorCode: 'INSUFFICIENT_FUND' });
    const went = await bulk(elements, { continueOnFailure: true });
    expect(kinds(went.results)).toEqual(['CREATE_TRANSACTION', 'ERROR', 'CREATE_TRANSACTION']);
    expect(await ledger.balance('main', 'c')).toMatchObject({ posted: 3 });
  });

  it('that are atomic and fail have no effect, and say of no element that it is done', async () => {
    const failed = await bulk([create('world', 'd', 1n), create('empty', 'd', 1n)], { atomic: true });
    expect([failed.statusCode, kinds(failed.results)]).toEqual([400, ['ERROR', 'ERROR']]);
    expect(await ledger.balance('main', 'd')).toMatchObject({ posted: 0 });
  });

  it('that are parallel answer in the order of the request', async () => {
    const elements = Array.from({ length: 10 }, (_, index) =>
      create('world', `p:${index}`, BigInt(index + 1)),
    );
    const { results } = await bulk(elements, { parallel: true });
    expect(results).toMatchObject(
      elements.map(({ data }) => ({ data: { postings: data && 'postings' in data ? data.postings : [] } })),
    );
  });

  it('that are too long are refused', async () => {
    const elements = Array.from({ length: 11 }, () => create('world', 'e', 1n));
    expect(await refusalOf(bulk(elements))).toEqual([413, 'BULK_SIZE_EXCEEDED']);
  });
});
