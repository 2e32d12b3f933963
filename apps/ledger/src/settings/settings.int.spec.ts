import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestLedger } from '../ledger.fixture.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.start({ replicas: 2 });
  await ledger.open('main');
});
afterAll(() => ledger.stop());

const set = (body: object, name = 'main') => ledger.call('PATCH', `/v2/${name}/_settings`, { body });
const transfer = (from: string, to: string, amount: number, extra: { key?: string; members?: object } = {}) =>
  ledger.transfer('main', { from, to, amount }, extra);

const USUAL = {
  closed: false,
  strict: false,
  refusals: 'sticky',
  backdating: 'final-state',
  mode: 'enforce',
  balanceMismatchLog: true,
};

describe('settings', () => {
  it('are read and changed member by member', async () => {
    expect((await ledger.call('GET', '/v2/main/_settings')).body.data).toEqual(USUAL);
    expect((await set({ strict: true })).body.data).toEqual({ ...USUAL, strict: true });
    expect((await set({ strict: false })).body.data).toEqual(USUAL);
  });

  it('move the version of the rules only when they change', async () => {
    const version = () =>
      ledger.database.database.query('select settings_version from ledger_head').then(([row]) => row);
    const before = await version();
    await set({ mode: 'enforce' });
    expect(await version()).toEqual(before);
  });

  it.each([
    ['nothing', {}],
    ['a member that is none', { isClosed: true }],
    ['a word that is none', { refusals: 'never' }],
    ['a text for a flag', { closed: 'true' }],
  ])('refuse %s', async (_, body) => {
    const answer = await set(body);
    expect([answer.status, answer.body.code]).toEqual([400, 'malformed']);
  });

  it('are the administrator’s also when a ledger is opened', async () => {
    const [token, headers] = [ledger.tokens.service, { 'defter-tenant': 't_one' }];
    const open = (name: string, body: object) => ledger.call('POST', `/v2/${name}`, { token, headers, body });
    for (const rules of [{ strict: true }, { accountTypes: [{ pattern: 'users:*' }] }]) {
      const refused = await open('ruled', rules);
      expect([refused.status, refused.body.code]).toEqual([403, 'scope-missing']);
    }
    expect((await ledger.call('GET', '/v2/ruled')).status).toBe(404);
    expect((await open('ruled', { strict: false, accountTypes: [], metadata: { a: 'b' } })).status).toBe(204);
  });

  it('are the administrator’s, and another tenant’s ledger is none', async () => {
    const { tokens } = ledger;
    const call = (method: string, token: string) =>
      ledger.call(method, '/v2/main/_settings', { token, ...(method === 'GET' ? {} : { body: {} }) });
    expect((await call('GET', tokens.reader)).status).toBe(403);
    expect((await call('PATCH', tokens.reader)).status).toBe(403);
    expect((await call('GET', tokens.two)).status).toBe(404);
  });
});

describe('a closed ledger', () => {
  it('takes nothing new on any replica, lets holds end, and is open again at once', async () => {
    await transfer('world', 'users:1', 100);
    const held = await transfer('users:1', 'shop', 40, { members: { status: 'pending' } });
    await set({ closed: true });
    const refused = await Promise.all([
      transfer('world', 'users:1', 1),
      transfer('world', 'users:1', 1),
      ledger.call('POST', '/v2/main/transactions/1/revert'),
      ledger.call('POST', '/v2/main/accounts/users:1/metadata', { body: { a: 'b' } }),
    ]);
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(
      refused.map(() => [422, 'ledger-closed']),
    );
    const path = `/v2/main/transactions/${held.body.data.id}/post`;
    expect((await ledger.call('POST', path, { body: {} })).status).toBe(200);
    await set({ closed: false });
    expect((await transfer('world', 'users:1', 1)).status).toBe(200);
    expect((await transfer('world', 'users:1', 1)).status).toBe(200);
  });

  it('takes everything that was answered before it closed, and nothing after', async () => {
    const answers = Array.from({ length: 60 }, () => transfer('world', 'rush', 1));
    await answers[10];
    await set({ closed: true });
    const accepted = (await Promise.all(answers)).filter(({ status }) => status === 200);
    expect((await ledger.balance('main', 'rush')).posted).toBe(accepted.length);
    expect((await transfer('world', 'rush', 1)).status).toBe(422);
    await set({ closed: false });
  });
});

describe('a refused key', () => {
  const pay = (key: string) => transfer('users:late', 'shop', 10, { key });
  it('may be tried again where refusals are retryable; what was refused before stays so', async () => {
    expect((await pay('k-sticky')).status).toBe(400);
    await set({ refusals: 'retryable' });
    expect((await pay('k-again')).status).toBe(400);
    await transfer('world', 'users:late', 30);
    const second = await pay('k-again');
    expect([second.status, second.headers.get('idempotency-hit')]).toEqual([200, null]);
    expect((await pay('k-again')).headers.get('idempotency-hit')).toBe('true');
    const sticky = await pay('k-sticky');
    expect([sticky.status, sticky.headers.get('idempotency-hit')]).toEqual([400, 'true']);
    await set({ refusals: 'sticky' });
  });

  it('in an atomic bulk, too', async () => {
    await set({ refusals: 'retryable' });
    const create = (source: string, destination: string, ik: string) => ({
      action: 'CREATE_TRANSACTION',
      ik,
      data: { postings: [{ source, destination, amount: 5, asset: 'TRY/2' }] },
    });
    const bulk = () =>
      ledger.call('POST', '/v2/main/_bulk?atomic=true', {
        body: [create('world', 'users:bulk', 'b-1'), create('users:poor', 'users:bulk', 'b-2')],
      });
    expect((await bulk()).status).toBe(400);
    await transfer('world', 'users:poor', 5);
    expect((await bulk()).status).toBe(200);
    await set({ refusals: 'sticky' });
  });
});
