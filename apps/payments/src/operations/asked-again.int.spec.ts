import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { TENANT, TestPayments } from '../testing/test-payments.js';
import { bringForward } from './operation.js';

let payments: TestPayments;
beforeAll(async () => {
  // Nothing is asked by itself while a test runs.
  payments = await TestPayments.start(undefined, { LOOKUP_LADDER: '1h,1h,1h', CHALLENGE_EXPIRES: '1h' });
});
afterAll(() => payments.stop());

let orders = 0;
const get = async (id: string) => (await payments.call('GET', `/v1/payment_intents/${id}`)).body;
const post = (id: string, action: string) =>
  payments.call('POST', `/v1/payment_intents/${id}/${action}`, { body: {} });
const waiting = async () => {
  const body = {
    ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: `again-${++orders}` },
    ...{ confirm: true, payment_method: 'tok_test_challenge' },
  };
  const { body: intent } = await payments.call('POST', '/v1/payment_intents', { body });
  await eventually(async () => expect((await get(intent.id)).status).toBe('requires_action'));
  return { id: intent.id as string, operationId: intent.attempts[0].operation_id as string };
};
const gateway = () => {
  let open = (): void => undefined;
  const promise = new Promise<void>((resolve) => (open = resolve));
  return { promise, open: () => open() };
};
const lookupsOf = (operationId: string) =>
  payments.provider.calls.filter((call) => call === `lookup ${operationId}`).length;
const rowOf = async (operationId: string) => {
  const [row] = await payments.rows<{ lookups: number; leased: boolean; asked_again: boolean }>(
    'select * from operation where operation_id = $1',
    [operationId],
  );
  return row;
};

describe('a provider that is asked while a look-up is under way', () => {
  it('is asked again at once: the older answer may have been read before', async () => {
    const { id, operationId } = await waiting();
    const gate = gateway();
    payments.provider.lookupsHeld = gate.promise;
    await post(id, 'resolve');
    await eventually(() => Promise.resolve(expect(lookupsOf(operationId)).toBe(1)));
    payments.provider.finish(operationId, 'declined');
    await post(id, 'resolve');
    gate.open();
    await eventually(async () => expect((await get(id)).status).toBe('requires_payment_method'));
    expect(lookupsOf(operationId)).toBe(2);
  });

  it('is asked once more only, if it has nothing new to say', async () => {
    const { id, operationId } = await waiting();
    const gate = gateway();
    payments.provider.lookupsHeld = gate.promise;
    await post(id, 'resolve');
    await eventually(() => Promise.resolve(expect(lookupsOf(operationId)).toBe(1)));
    await post(id, 'resolve');
    gate.open();
    const row = { leased: false, asked_again: false, lookups: 2 };
    await eventually(async () => expect(await rowOf(operationId)).toMatchObject(row));
    expect(lookupsOf(operationId)).toBe(2);
  });
});

describe('an abandoned attempt', () => {
  it('is asked about from the first rung on, whatever was asked before', async () => {
    const { id, operationId } = await waiting();
    await payments.rows('update operation set lookups = 3 where operation_id = $1', [operationId]);
    Object.assign(payments.provider, { lookupsFail: true, voidsFail: true });
    await post(id, 'abandon');
    await eventually(() => Promise.resolve(expect(lookupsOf(operationId)).toBeGreaterThan(0)));
    const row = { leased: false, lookups: 1, next_step: 'look_up', alarmed_at: null };
    await eventually(async () => expect(await rowOf(operationId)).toMatchObject(row));
  });
});

it('is asked again, too, where the answer of before is just being written down', async () => {
  const { operationId } = await waiting();
  const database = payments.database.database;
  const later = `next_step = 'look_up', due_at = now() + interval '1 h' where operation_id = $1`;
  await payments.rows(`update operation set leased = true, ${later}`, [operationId]);
  const runner = await database.connection();
  try {
    await runner.query('begin');
    await runner.query(`update operation set leased = false, ${later}`, [operationId]);
    const asked = database.transaction((tx) => bringForward(tx, TENANT, operationId, 'look_up'));
    const waits = `select from pg_stat_activity where wait_event_type = 'Lock' and query ~ 'operation'`;
    await eventually(async () => expect(await payments.rows(waits)).not.toEqual([]));
    await runner.query('commit');
    await asked;
  } finally {
    runner.release();
  }
  await eventually(() => Promise.resolve(expect(lookupsOf(operationId)).toBe(1)));
});
