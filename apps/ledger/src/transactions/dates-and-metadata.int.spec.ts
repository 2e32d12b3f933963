import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestLedger } from '../ledger.fixture.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.start();
  await ledger.open('main');
});
afterAll(() => ledger.stop());

const revert = (id: number, query = '') => ledger.call('POST', `/v2/main/transactions/${id}/revert${query}`);
const deposit = async (to: string, members: object = {}): Promise<{ id: number; timestamp: string }> => {
  const { body } = await ledger.transfer('main', { from: 'world', to, amount: 100 }, { members });
  return body.data as { id: number; timestamp: string };
};

describe('dates', () => {
  it('an effective date is kept in UTC to the microsecond; the recording’s is the database’s', async () => {
    const { id } = await deposit('dated:1', { timestamp: '2024-02-29T23:59:59.1234567+03:00' });
    const { body } = await ledger.call('GET', `/v2/main/transactions/${id}`);
    expect(body.data.timestamp).toBe('2024-02-29T20:59:59.123456Z');
    expect(Date.parse(body.data.insertedAt as string)).toBeGreaterThan(Date.parse('2026-01-01'));
  });
});

describe('a reversal', () => {
  it('books the mirror once, now or at the effective date, and both name each other', async () => {
    const now = await deposit('back:1', { timestamp: '2024-01-01T00:00:00Z' });
    const dated = await deposit('back:2', { timestamp: '2024-01-01T00:00:00Z' });
    const first = await revert(now.id);
    expect([first.status, first.body.data.reverts]).toEqual([201, now.id]);
    expect(first.body.data.timestamp).not.toBe(now.timestamp);
    expect((await revert(dated.id, '?atEffectiveDate=true')).body.data.timestamp).toBe(dated.timestamp);
    const again = await revert(now.id);
    expect([again.status, again.body.errorCode]).toEqual([400, 'ALREADY_REVERT']);
    const { body } = await ledger.call('GET', `/v2/main/transactions/${now.id}`);
    expect(body.data).toMatchObject({ reverted: true, revertedBy: first.body.data.id });
    expect((await ledger.balance('main', 'back:1')).posted).toBe(0);
  });

  it('is refused when the funds are gone, unless forced by permission', async () => {
    const { id } = await deposit('back:3');
    await ledger.transfer('main', { from: 'back:3', to: 'elsewhere', amount: 1 });
    expect((await revert(id)).body.code).toBe('insufficient-funds');
    expect((await revert(id, '?force=true')).status).toBe(201);
    expect((await ledger.balance('main', 'back:3')).posted).toBe(-1);
  });

  it('asked for 20 times at once happens once', async () => {
    const { id } = await deposit('back:4');
    const answers = await Promise.all(Array.from({ length: 20 }, () => revert(id)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect((await ledger.balance('main', 'back:4')).posted).toBe(0);
  });
});

describe('metadata', () => {
  it('of accounts comes with a transaction or by itself, is merged, and deleted by name', async () => {
    await deposit('meta:1', { accountMetadata: { 'meta:1': { tier: 'gold', city: 'İzmir' } } });
    const path = '/v2/main/accounts/meta:1';
    expect((await ledger.call('POST', `${path}/metadata`, { body: { tier: 'silver' } })).status).toBe(204);
    expect((await ledger.call('GET', path)).body.data.metadata).toEqual({ tier: 'silver', city: 'İzmir' });
    expect((await ledger.call('DELETE', `${path}/metadata/city`)).status).toBe(204);
    expect((await ledger.call('GET', path)).body.data.metadata).toEqual({ tier: 'silver' });
  });

  it('of a transaction that is not there is refused', async () => {
    const answer = await ledger.call('POST', '/v2/main/transactions/99999/metadata', { body: { a: 'b' } });
    expect([answer.status, answer.body.code]).toEqual([404, 'transaction-unknown']);
  });
});
