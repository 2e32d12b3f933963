import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestLedger } from '../ledger.fixture.js';
import { type Client, clientOf, move, refusalOf } from './client.fixture.js';

let ledger: TestLedger;
let client: Client;
beforeAll(async () => {
  ledger = await TestLedger.start();
  client = clientOf(ledger);
});
afterAll(() => ledger.stop());

const create = (name: string, metadata: Record<string, string> = {}) =>
  client.createLedger({ ledger: name, v2CreateLedgerRequest: { metadata } });

describe('the published client', () => {
  it('reads who answers, and its metrics', async () => {
    const { v2ConfigInfo } = await client.getInfo();
    expect(v2ConfigInfo).toMatchObject({ server: 'defter', version: expect.stringMatching(/^\d|^v?2/) });
    const { object } = await client.getMetrics();
    expect(Object.keys(object ?? {})).toContain('defter_ledger_queue_commands');
  });

  it('creates, reads and lists ledgers in both directions', async () => {
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) {
      expect((await create(name, { of: name })).statusCode).toBe(204);
    }
    const { v2GetLedgerResponse } = await client.getLedger({ ledger: 'a3' });
    expect(v2GetLedgerResponse?.data).toMatchObject({
      name: 'a3',
      bucket: '_default',
      metadata: { of: 'a3' },
      addedAt: expect.any(Date),
    });
    const page = async (cursor?: string) =>
      (await client.listLedgers(cursor === undefined ? { pageSize: 2 } : { cursor })).v2LedgerListResponse
        ?.cursor;
    const names = (cursor: Awaited<ReturnType<typeof page>>) => cursor?.data.map(({ name }) => name);
    const first = await page();
    const second = await page(first?.next);
    const third = await page(second?.next);
    expect([names(first), names(second), names(third)]).toEqual([['a1', 'a2'], ['a3', 'a4'], ['a5']]);
    expect([first?.hasMore, third?.hasMore, first?.previous, third?.next]).toEqual([
      true,
      false,
      undefined,
      undefined,
    ]);
    expect(names(await page(third?.previous))).toEqual(['a3', 'a4']);
    expect(names(await page(second?.previous))).toEqual(['a1', 'a2']);
  });

  it("writes and deletes a ledger's metadata", async () => {
    await create('noted', { keep: 'k', change: 'old' });
    const metadata = { change: 'new', more: 'm' };
    expect((await client.updateLedgerMetadata({ ledger: 'noted', requestBody: metadata })).statusCode).toBe(
      204,
    );
    await client.deleteLedgerMetadata({ ledger: 'noted', key: 'more' });
    await client.deleteLedgerMetadata({ ledger: 'noted', key: 'never-there' });
    const { v2GetLedgerResponse } = await client.getLedger({ ledger: 'noted' });
    expect(v2GetLedgerResponse?.data.metadata).toEqual({ keep: 'k', change: 'new' });
  });

  it("reads a ledger's statistics and migrations", async () => {
    await create('counted');
    const post = (to: string) =>
      client.createTransaction({
        ledger: 'counted',
        v2PostTransaction: { postings: [move('world', to, 1n)], metadata: {} },
      });
    await Promise.all(['x', 'y', 'z', 'x'].map(post));
    const { v2StatsResponse } = await client.readStats({ ledger: 'counted' });
    expect(v2StatsResponse?.data).toEqual({ accounts: 4, transactions: 4n });
    const { v2LedgerInfoResponse } = await client.getLedgerInfo({ ledger: 'counted' });
    expect(v2LedgerInfoResponse?.data?.name).toBe('counted');
    expect(v2LedgerInfoResponse?.data?.storage?.migrations?.[0]).toMatchObject({
      name: '0001-ledger',
      state: 'DONE',
      date: expect.any(Date),
    });
  });

  it('understands the refusals', async () => {
    await create('once');
    expect(await refusalOf(create('once'))).toEqual([400, 'LEDGER_ALREADY_EXISTS']);
    expect(await refusalOf(create('_no'))).toEqual([400, 'VALIDATION']);
    expect(await refusalOf(client.getLedger({ ledger: 'nowhere' }))).toEqual([404, 'NOT_FOUND']);
    expect(await refusalOf(client.readStats({ ledger: 'nowhere' }))).toEqual([404, 'LEDGER_NOT_FOUND']);
    expect(await refusalOf(client.updateLedgerMetadata({ ledger: 'nowhere', requestBody: {} }))).toEqual([
      404,
      'LEDGER_NOT_FOUND',
    ]);
    expect(await refusalOf(client.listLedgers({ cursor: 'nonsense' }))).toEqual([400, 'VALIDATION']);
  });
});
