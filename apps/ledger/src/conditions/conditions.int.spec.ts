import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestLedger } from '../ledger.fixture.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.start({ replicas: 2 });
  await ledger.open('main');
  await ledger.transfer('main', { from: 'world', to: 'users:1', amount: 100 });
});
afterAll(() => ledger.stop());

const when = (op: string, amount: number | string, members: object = {}) => ({
  conditions: [{ account: 'users:1', asset: 'TRY/2', balance: 'available', op, amount, ...members }],
});
const nudge = (members: object, key?: string) =>
  ledger.transfer('main', { from: 'world', to: 'other', amount: 1 }, { members, ...(key ? { key } : {}) });

describe('conditions of a transaction', () => {
  it('refuse it when one isn’t met, with what was asked and what there is', async () => {
    expect((await nudge(when('gte', 100))).status).toBe(200);
    const before = await ledger.digest();
    const { status, body } = await nudge(when('gt', '100'));
    expect([status, body.errorCode, body.code]).toEqual([422, 'VALIDATION', 'condition-failed']);
    const data = { account: 'users:1', asset: 'TRY/2', balance: 'available', op: 'gt' };
    expect(body).toMatchObject({ ...data, amount: 100, actual: 100 });
    expect(await ledger.digest()).toBe(before);
  });

  it('may be about an account that was never used, and about figures below zero', async () => {
    expect((await nudge(when('eq', 0, { account: 'never' }))).status).toBe(200);
    const world = when('lt', '-100', { account: 'world', balance: 'posted' });
    expect((await nudge(world)).status).toBe(200);
    expect((await nudge({ conditions: [...when('gte', 1).conditions, ...world.conditions] })).status).toBe(
      200,
    );
    expect((await nudge(when('lt', -(10 ** 6), { account: 'world', balance: 'posted' }))).status).toBe(422);
  });

  it('belong to the command: a key with another condition is a conflict, an empty list is none', async () => {
    expect((await nudge({}, 'k-1')).status).toBe(200);
    expect((await nudge({ conditions: [] }, 'k-1')).headers.get('idempotency-hit')).toBe('true');
    expect((await nudge(when('gte', 0), 'k-1')).body.code).toBe('idempotency-key-conflict');
    const refused = await nudge(when('eq', 7), 'k-2');
    const again = await nudge(when('eq', '7'), 'k-2');
    expect([again.status, again.headers.get('idempotency-hit')]).toEqual([422, 'true']);
    const { traceId: _one, ...first } = refused.body;
    const { traceId: _two, ...second } = again.body;
    expect(second).toEqual(first);
  });

  it('are decided in the order of a bulk, each on what the one before left', async () => {
    const element = (amount: number, balance: number) => ({
      action: 'CREATE_TRANSACTION',
      data: {
        postings: [{ source: 'world', destination: 'seat', amount, asset: 'TRY/2' }],
        conditions: [{ account: 'seat', asset: 'TRY/2', balance: 'posted', op: 'eq', amount: balance }],
      },
    });
    const body = [element(1, 0), element(1, 0), element(1, 1)];
    const answer = await ledger.call('POST', '/v2/main/_bulk?continueOnFailure=true', { body });
    const codes = answer.body.data.map((each: { code?: string }) => each.code);
    expect(codes).toEqual([undefined, 'condition-failed', undefined]);
  });

  it('let exactly one of 40 parallel claims through, on two replicas', async () => {
    const claim = when('eq', 0, { account: 'prize', balance: 'posted' });
    const answers = await Promise.all(
      Array.from({ length: 40 }, () =>
        ledger.transfer('main', { from: 'world', to: 'prize', amount: 1 }, { members: claim }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'condition-failed')).toHaveLength(39);
  });

  it.each([
    ['a comparison that is none', when('=', 1)],
    ['a figure that is none', when('eq', 1, { balance: 'pending' })],
    ['an amount as an exponent', when('eq', '1e3')],
    ['an amount of 79 digits', when('eq', `-1${'0'.repeat(78)}`)],
    ['a bad asset', when('eq', 1, { asset: 'try' })],
    ['an unknown member', when('eq', 1, { note: 'x' })],
    ['more than 100', { conditions: Array.from({ length: 101 }, () => when('eq', 1).conditions[0]) }],
  ])('refuse %s', async (_, members) => {
    const { status, body } = await nudge(members);
    expect([status, body.code]).toEqual([400, 'malformed']);
  });
});
