import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestLedger } from '../ledger.fixture.js';
import { type Client, clientOf, move, refusalOf } from './client.fixture.js';

let ledger: TestLedger;
let client: Client;
const seen: Response[] = [];
beforeAll(async () => {
  ledger = await TestLedger.start();
  client = clientOf(ledger, seen);
  for (const name of ['from', 'to', 'empty', 'broken'])
    await client.createLedger({ ledger: name, v2CreateLedgerRequest: {} });
  const v2PostTransaction = {
    postings: [move('world', 'users:1', 100n)],
    reference: 'first',
    metadata: { a: 'b' },
    accountMetadata: { 'users:1': { tier: 'gold' } },
  };
  await client.createTransaction({ ledger: 'from', idempotencyKey: 'k', v2PostTransaction });
  await client.addMetadataOnTransaction({ ledger: 'from', id: 1n, requestBody: { c: 'd' } });
  await client.revertTransaction({ ledger: 'from', id: 1n });
});
afterAll(() => ledger.stop());

const bytesOf = (text: string) => new TextEncoder().encode(text);
const importLines = (name: string, text: string) =>
  client.importLogs({ ledger: name, v2ImportLogsRequest: bytesOf(text) });
const exported = async (name: string): Promise<string> => {
  const { statusCode } = await client.exportLogs({ ledger: name });
  expect(statusCode).toBe(200);
  return (await seen.at(-1)?.text()) ?? '';
};
/** Without the first line, which says when it was exported, and the last, which is a sum over all. */
const entries = (lines: string) => lines.trimEnd().split('\n').slice(1, -1);
const read = async (name: string) => {
  const { v2TransactionsCursorResponse } = await client.listTransactions({ ledger: name, pageSize: 100 });
  const { v2AccountsCursorResponse } = await client.listAccounts({ ledger: name, expand: 'volumes' });
  return [v2TransactionsCursorResponse?.cursor.data, v2AccountsCursorResponse?.cursor.data];
};

describe('export and import by the published client', () => {
  it('carry a ledger over unchanged, once', async () => {
    const lines = await exported('from');
    expect((await importLines('to', lines)).statusCode).toBe(204);
    expect(await read('to')).toEqual(await read('from'));
    expect((await importLines('to', lines)).statusCode).toBe(204);
    expect(await read('to')).toEqual(await read('from'));
    expect(entries(await exported('to'))).toEqual(entries(lines));
  });

  it('of nothing answer at once, and of nonsense in words', async () => {
    expect((await importLines('empty', '')).statusCode).toBe(204);
    for (const text of ['{"id":', 'no lines', '[]\n', '{"id":1}\n', '\u0000', '{}{}']) {
      const [status, code] = await refusalOf(importLines('broken', text));
      expect([text, status, ['VALIDATION', 'IMPORT'].includes(code)]).toEqual([text, 400, true]);
    }
    expect((await client.readStats({ ledger: 'broken' })).v2StatsResponse?.data.transactions).toBe(0n);
  });
});
