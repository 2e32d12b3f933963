import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestLedger } from '../ledger.fixture.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.start({ replicas: 2 });
  await ledger.open('main');
});
afterAll(() => ledger.stop());

const types = (method: 'POST' | 'PUT', accountTypes: object[]) =>
  ledger.call(method, '/v2/main/account-types', { body: { accountTypes } });
const transfer = (from: string, to: string, amount: number, members: object = {}) =>
  ledger.transfer('main', { from, to, amount }, { members });
const listed = async () => {
  const { body } = await ledger.call('GET', '/v2/main/account-types');
  return (body.cursor.data as { pattern: string }[]).map(({ pattern }) => pattern);
};

describe('account types', () => {
  it('are listed in pages, read, replaced and deleted', async () => {
    await types('POST', [{ pattern: 'a:*' }, { pattern: 'b:*', overdraftLimit: '5' }, { pattern: 'c:*' }]);
    const first = await ledger.call('GET', '/v2/main/account-types?pageSize=2');
    expect(first.body.cursor.data).toEqual([
      { pattern: 'a:*', normalSide: 'credit', closed: false, mayOverdraw: false, overdraftLimit: 0 },
      { pattern: 'b:*', normalSide: 'credit', closed: false, mayOverdraw: false, overdraftLimit: 5 },
    ]);
    const second = await ledger.call(
      'GET',
      `/v2/main/account-types?pageSize=2&cursor=${first.body.cursor.next}`,
    );
    expect(second.body.cursor).toMatchObject({ hasMore: false, data: [{ pattern: 'c:*' }] });
    expect((await ledger.call('GET', '/v2/main/account-types/b:*')).body.data.overdraftLimit).toBe(5);
    expect((await ledger.call('DELETE', '/v2/main/account-types/b:*')).status).toBe(204);
    expect((await ledger.call('DELETE', '/v2/main/account-types/b:*')).status).toBe(404);
    expect((await ledger.call('GET', '/v2/main/account-types/b:*')).status).toBe(404);
    expect((await types('PUT', [{ pattern: 'd:*', mayOverdraw: true }])).status).toBe(204);
    expect(await listed()).toEqual(['d:*']);
    expect((await types('PUT', [])).status).toBe(204);
    expect(await listed()).toEqual([]);
  });

  it('give an exact address its own limit, whichever pattern stands beside it', async () => {
    await types('PUT', [{ pattern: '*' }, { pattern: 'vip:7', overdraftLimit: 100 }, { pattern: 'vip:*' }]);
    expect((await transfer('vip:7', 'shop', 100)).status).toBe(200);
    expect((await transfer('vip:7', 'shop', 1)).body).toMatchObject({
      code: 'insufficient-funds',
      available: -100,
    });
    expect((await transfer('vip:8', 'shop', 1)).body.code).toBe('insufficient-funds');
  });

  it('that are narrowed or deleted leave what is below alone, and let nothing more out', async () => {
    expect((await ledger.call('DELETE', '/v2/main/account-types/vip:7')).status).toBe(204);
    expect((await transfer('vip:7', 'shop', 1)).body).toMatchObject({ available: -100, needed: 1 });
    expect((await transfer('world', 'vip:7', 50)).status).toBe(200);
    expect((await transfer('vip:7', 'shop', 1)).status).toBe(400);
    expect((await transfer('world', 'vip:7', 51)).status).toBe(200);
    expect((await transfer('vip:7', 'shop', 1)).status).toBe(200);
  });

  it('are the administrator’s to change', async () => {
    const call = (method: string, path: string) =>
      ledger.call(method, path, { token: ledger.tokens.reader, body: { accountTypes: [] } });
    expect((await call('PUT', '/v2/main/account-types')).status).toBe(403);
    expect((await call('DELETE', '/v2/main/account-types/vip:*')).status).toBe(403);
  });

  it.each([
    ['a pattern twice', { accountTypes: [{ pattern: 'x' }, { pattern: 'x' }] }],
    ['a side that is none', { accountTypes: [{ pattern: 'x', normalSide: 'left' }] }],
    ['a limit beside no limit', { accountTypes: [{ pattern: 'x', mayOverdraw: true, overdraftLimit: 1 }] }],
    ['a pattern of the outside', { accountTypes: [{ pattern: 'world' }] }],
    ['a pattern that is none', { accountTypes: [{ pattern: 'a**' }] }],
  ])('refuse %s', async (_, body) => {
    const { status, body: answer } = await ledger.call('PUT', '/v2/main/account-types', { body });
    expect([status, answer.code]).toEqual([400, 'malformed']);
  });
});

describe('a debit-normal account', () => {
  beforeAll(async () => {
    await types('PUT', [
      { pattern: 'bank:*', normalSide: 'debit' },
      { pattern: 'float:*', normalSide: 'debit', overdraftLimit: 10 },
    ]);
  });

  it('gives without limit, and takes back no more than it gave', async () => {
    expect((await transfer('bank:1', 'users:1', 500)).status).toBe(200);
    expect((await transfer('users:1', 'bank:1', 200)).status).toBe(200);
    expect((await transfer('world', 'bank:1', 301)).body).toMatchObject({
      code: 'insufficient-funds',
      account: 'bank:1',
      needed: 301,
      available: 300,
      normalSide: 'debit',
    });
    const { body } = await ledger.call('GET', '/v2/main/accounts/bank:1/balances');
    expect(body.data).toMatchObject([{ posted: -300, normalSide: 'debit', normalBalance: 300 }]);
    expect((await transfer('users:1', 'bank:1', 300)).status).toBe(200);
  });

  it('counts what holds announce to it', async () => {
    await transfer('bank:2', 'users:2', 100);
    expect((await transfer('users:2', 'bank:2', 60, { status: 'pending', reference: 'h2' })).status).toBe(
      200,
    );
    expect((await transfer('world', 'bank:2', 41)).body).toMatchObject({ available: 40 });
    const { body } = await ledger.call('GET', '/v2/main/transactions?reference=h2');
    const path = `/v2/main/transactions/${body.cursor.data[0].id}/void`;
    expect((await ledger.call('POST', path, { body: {} })).status).toBe(200);
    expect((await transfer('world', 'bank:2', 100)).status).toBe(200);
  });

  it('may go over to its limit, and beyond it by force only; then nothing more comes in', async () => {
    expect((await transfer('world', 'float:1', 11)).status).toBe(400);
    expect((await transfer('world', 'float:1', 10)).status).toBe(200);
    expect((await transfer('world', 'float:1', 5, { force: true })).status).toBe(200);
    expect((await transfer('world', 'float:1', 1)).body).toMatchObject({ available: -15 });
  });

  it('is held by the database, too', async () => {
    const sql = `update balance set input = output + 11 where account = 'bank:1' and asset = 'TRY/2'`;
    const failed = await ledger.database.database.query(sql).then(
      () => 'done',
      (error: { code?: string }) => error.code,
    );
    expect(failed).toBe('23514');
  });

  it('never gets more than it gave, by 40 parallel repayments through two replicas', async () => {
    await transfer('bank:hot', 'users:3', 1000);
    await transfer('world', 'users:3', 1000);
    const answers = await Promise.all(Array.from({ length: 40 }, () => transfer('users:3', 'bank:hot', 70)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(14);
    expect(answers.filter(({ body }) => body.account === 'bank:hot')).toHaveLength(26);
  });
});
