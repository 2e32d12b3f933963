import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import type { CrashPoint } from '../crash-points.js';
import { TestPayments, tokens } from '../testing/test-payments.js';

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start();
  await payments.add(['http']);
});
afterEach(() => {
  payments.ledger.mood = 'well';
  payments.provider.lookupsFail = false;
});
afterAll(() => payments.stop());

let orders = 0;
const get = async (path: string) => (await payments.call('GET', `/v1/${path}`)).body;
const reach = (path: string, status: string) =>
  eventually(async () => {
    const body = await get(path);
    expect(body.status).toBe(status);
    return body;
  });
const paid = async (change: object = {}) => {
  const intent = await captured(change);
  await payments.bookDeposits();
  return intent;
};
const captured = async (change: object = {}) => {
  const body = {
    ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: `refund-${++orders}` },
    ...{ confirm: true, payment_method: 'tok_visa', ...change },
  };
  const { body: intent } = await payments.call('POST', '/v1/payment_intents', { body });
  return reach(`payment_intents/${intent.id}`, 'succeeded');
};
const refund = (intent: { id: string }, change: object = {}, options: object = {}) =>
  payments.call('POST', '/v1/refunds', { body: { payment_intent: intent.id, ...change }, ...options });
const commands = async (id: string) =>
  (
    await payments.rows<{ message_id: string }>(
      `select message_id from outbox where subject = $1 and topic = 'defter.ledger.commands.v1'
        order by position`,
      [id],
    )
  ).map(({ message_id }) => message_id);

describe('a refund', () => {
  it('holds what goes back before the provider hears of it, and posts it when it is given back', async () => {
    const intent = await paid();
    const { status, body } = await refund(intent, { amount_minor: 300, reason: 'too late' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'queued', amount_minor: 300, reason: 'too late' });
    expect(payments.ledger.holds.get(body.id)).toMatchObject({
      pending: true,
      postings: [
        { source: 'users:42:main', destination: 'psp:c_one:receivable', amount: '300', asset: 'TRY/2' },
      ],
    });
    const done = await reach(`refunds/${body.id}`, 'succeeded');
    const operationId = done.operation.operation_id;
    expect(payments.provider.book.get(operationId)?.operation).toMatchObject({
      ...{ kind: 'refund', amountMinor: 300n, parentProviderRef: intent.attempts[0].provider_ref },
    });
    expect(done.bookings).toMatchObject([{ id: `refund:${operationId}:post`, kind: 'post' }]);
    const after = await get(`payment_intents/${intent.id}`);
    expect(after).toMatchObject({
      amount_refunded_minor: 300,
      refunds: [{ id: body.id, status: 'succeeded' }],
    });
    expect(await commands(intent.id)).toHaveLength(2);
  });

  it('never exceeds what was captured, however many ask at once through two replicas', async () => {
    const intent = await paid();
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        refund(intent, { amount_minor: 150 }, { instance: index % 2 }),
      ),
    );
    const accepted = answers.filter(({ status }) => status === 201);
    expect(accepted).toHaveLength(6);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(
      new Set(refused.map(({ status, body }) => `${status} ${body.code} ${body.refundableMinor}`)),
    ).toEqual(new Set(['422 refund-above-captured 100']));
    await eventually(async () => {
      const { amount_refunded_minor: refunded } = await get(`payment_intents/${intent.id}`);
      expect(refunded).toBe(900);
    });
    expect((await refund(intent)).body.amount_minor).toBe(100);
    expect(await refund(intent, { amount_minor: 1 })).toMatchObject({
      status: 409,
      body: { code: 'nothing-to-refund' },
    });
    await eventually(() => expect(payments.provider.collectedMinor % 1000n).toBe(700n));
  });

  it('is one for any number of requests with one key; the key with another body is refused', async () => {
    const intent = await paid();
    const idempotencyKey = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        refund(intent, { amount_minor: 100 }, { idempotencyKey, instance: index % 2 }),
      ),
    );
    expect(new Set(answers.map(({ status, body }) => `${status} ${JSON.stringify(body)}`)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotency-hit') === null)).toHaveLength(1);
    const other = await refund(intent, { amount_minor: 101 }, { idempotencyKey });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    expect((await get(`payment_intents/${intent.id}`)).refunds).toHaveLength(1);
  });

  it('of all that was captured is one for parallel requests with one key, too', async () => {
    const intent = await paid();
    const idempotencyKey = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => refund(intent, {}, { idempotencyKey, instance: index % 2 })),
    );
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id} ${body.amount_minor}`))).toEqual(
      new Set([`201 ${answers[0]?.body.id} 1000`]),
    );
    expect((await get(`payment_intents/${intent.id}`)).refunds).toHaveLength(1);
  });

  it('asked for before the ledger has booked the capture waits for it, and is not refused', async () => {
    const intent = await captured({ customer_id: 'new' });
    payments.ledger.available.set('users:new:main', 0n);
    const key = { idempotencyKey: randomUUID() };
    expect((await refund(intent, {}, key)).body.code).toBe('refund-reserving');
    const { refunds } = await get(`payment_intents/${intent.id}`);
    expect(refunds).toMatchObject([{ status: 'reserving' }]);
    payments.ledger.available.set('users:new:main', 1000n);
    await payments.bookDeposits();
    expect(await refund(intent, {}, key)).toMatchObject({ status: 201, body: { id: refunds[0].id } });
    await reach(`refunds/${refunds[0].id}`, 'succeeded');
  });

  it('is refused and never sent when whoever was paid has no funds left', async () => {
    const intent = await paid({ customer_id: 'poor' });
    payments.ledger.available.set('users:poor:main', 299n);
    const key = { idempotencyKey: randomUUID() };
    const first = await refund(intent, { amount_minor: 300 }, key);
    expect(first).toMatchObject({ status: 422, body: { code: 'insufficient-funds' } });
    expect(await refund(intent, { amount_minor: 300 }, key)).toMatchObject({ status: 422 });
    const { refunds } = await get(`payment_intents/${intent.id}`);
    expect(refunds).toMatchObject([{ status: 'rejected', operation: null }]);
    payments.ledger.available.delete('users:poor:main');
    expect((await refund(intent, { amount_minor: 1000 })).status).toBe(201);
  });

  it('that fails gives the hold back; a new one can be asked for', async () => {
    const intent = await paid();
    const { body } = await refund(intent, { metadata: { 'test.answer': 'declined' } });
    const failed = await reach(`refunds/${body.id}`, 'failed');
    expect(failed.bookings).toMatchObject([{ kind: 'void' }]);
    expect(failed.operation.decline.code).toBe('do_not_honor');
    expect((await refund(intent)).status).toBe(201);
  });

  it('that times out is asked about, never sent twice; what never left is sent again by hand', async () => {
    const intent = await paid();
    payments.provider.lookupsFail = true;
    const { body } = await refund(intent, {
      amount_minor: 400,
      metadata: { 'test.answer': 'unknown after acting' },
    });
    const unknown = await reach(`refunds/${body.id}`, 'unknown');
    expect((await refund(intent, { amount_minor: 601 })).body.code).toBe('refund-above-captured');
    payments.provider.lookupsFail = false;
    const resolve = unknown.allowed_actions.find(({ action }: { action: string }) => action === 'resolve');
    expect(resolve.allowed).toBe(true);
    await payments.call('POST', `/v1/refunds/${body.id}/resolve`, {
      idempotencyKey: resolve.idempotency_key,
    });
    const done = await reach(`refunds/${body.id}`, 'succeeded');
    expect(payments.provider.effects.get(done.operation.operation_id)).toBe(1);
    const metadata = { 'test.answer': 'errored, errored, errored, succeeded' };
    const { body: stuck } = await refund(intent, { amount_minor: 100, metadata });
    await eventually(async () => {
      const { operation, allowed_actions: actions } = await get(`refunds/${stuck.id}`);
      expect([operation.result, actions[0].allowed]).toEqual(['errored', true]);
      const alarmed = await payments.rows(
        'select from operation where operation_id = $1 and alarmed_at is not null',
        [operation.operation_id],
      );
      expect(alarmed).toHaveLength(1);
    });
    expect((await payments.call('POST', `/v1/refunds/${stuck.id}/retry`)).status).toBe(200);
    await reach(`refunds/${stuck.id}`, 'succeeded');
  });

  it('of several captures is asked for one by one, or of the one that is named', async () => {
    const { body: manual } = await payments.call('POST', '/v1/payment_intents', {
      body: {
        ...{
          amount_minor: 1000,
          currency: 'TRY',
          customer_id: '42',
          merchant_reference: `refund-${++orders}`,
        },
        ...{ confirm: true, payment_method: 'tok', capture_method: 'manual' },
      },
    });
    const path = `payment_intents/${manual.id}`;
    await reach(path, 'requires_capture');
    await payments.call('POST', `/v1/${path}/capture`, { body: { amount_minor: 300 } });
    await reach(path, 'partially_captured');
    await payments.call('POST', `/v1/${path}/capture`);
    const { captures } = await reach(path, 'succeeded');
    await payments.bookDeposits();
    expect((await refund(manual, { amount_minor: 701 })).body).toMatchObject({
      ...{ code: 'refund-spans-captures', largestMinor: 700 },
    });
    const first = await refund(manual, { operation_id: captures[1].operation_id });
    expect(first.body).toMatchObject({ amount_minor: 700, refunded_operation_id: captures[1].operation_id });
    const nothing = await refund(manual, { operation_id: captures[1].operation_id, amount_minor: 1 });
    expect(nothing.body.code).toBe('nothing-to-refund');
    expect((await refund(manual)).body).toMatchObject({ amount_minor: 300 });
  });

  it('of a merchant takes each share back in proportion, the last one the rest', async () => {
    const intent = await paid({ merchant_id: 'm1', amount_minor: 1100, instalment_surcharge_minor: 100 });
    expect(intent.attempts[0].split).toEqual({
      ...{ payable_minor: 830, commission_minor: 100, vat_minor: 20, reserve_minor: 50 },
      ...{ surcharge_minor: 100, remainder_minor: 0 },
    });
    const { body: half } = await refund(intent, { amount_minor: 550 });
    const amounts = (id: string) =>
      Object.fromEntries(
        payments.ledger.holds.get(id)?.postings.map(({ source, amount }) => [source, amount]) ?? [],
      );
    expect(amounts(half.id)).toEqual({
      ...{ 'merchants:m1:payable': '415', 'merchants:m1:reserve': '25', 'fees:commission': '50' },
      ...{ 'fees:vat': '10', 'fees:instalments': '50' },
    });
    const { body: third } = await refund(intent, { amount_minor: 183 });
    const { body: rest } = await refund(intent);
    const total = [half, third, rest].reduce<Record<string, bigint>>((sum, { id }) => {
      for (const [account, amount] of Object.entries(amounts(id)))
        sum[account] = (sum[account] ?? 0n) + BigInt(String(amount));
      return sum;
    }, {});
    expect(total).toEqual({
      ...{ 'merchants:m1:payable': 830n, 'merchants:m1:reserve': 50n, 'fees:commission': 100n },
      ...{ 'fees:vat': 20n, 'fees:instalments': 100n },
    });
  });

  it('is listed, and another tenant sees none of it', async () => {
    const intent = await paid();
    const { body: one } = await refund(intent, { amount_minor: 10 });
    const { body: two } = await refund(intent, { amount_minor: 20 });
    const page = await get(`refunds?payment_intent=${intent.id}&page_size=1`);
    expect(page.data.map(({ id }: { id: string }) => id)).toEqual([two.id]);
    const next = await get(`refunds?payment_intent=${intent.id}&page_size=1&cursor=${page.next}`);
    expect(next.data.map(({ id }: { id: string }) => id)).toEqual([one.id]);
    const stranger = { token: tokens.stranger };
    expect((await payments.call('GET', `/v1/refunds/${one.id}`, stranger)).status).toBe(404);
    expect((await payments.call('GET', '/v1/refunds', stranger)).body.data).toEqual([]);
    expect((await refund(intent, { amount_minor: 1 }, stranger)).status).toBe(404);
  });
});

describe('a crash of the process that asks for a refund', () => {
  const points: readonly CrashPoint[] = [
    ...(['refund.before-claim', 'refund.after-claim', 'refund.after-hold', 'refund.after-record'] as const),
  ];
  it.each(points)(
    'at %s leaves no hold without its refund, nor the reverse, and gives back once',
    async (point) => {
      const intent = await paid();
      const holds = payments.ledger.holds.size;
      await payments.add(['http'], point);
      const key = { idempotencyKey: randomUUID(), instance: payments.instances.length - 1 };
      expect((await refund(intent, { amount_minor: 300 }, key)).status).toBe(500);
      const again = await refund(intent, { amount_minor: 300 }, key);
      expect(again.status).toBe(201);
      await reach(`refunds/${again.body.id}`, 'succeeded');
      expect(payments.ledger.holds.size).toBe(holds + 1);
      const { refunds } = await get(`payment_intents/${intent.id}`);
      expect(refunds).toHaveLength(1);
      expect(payments.provider.effects.get(refunds[0].operation.operation_id)).toBe(1);
    },
  );

  it('is made good by the sweeper, also when the ledger was away', async () => {
    const intent = await paid();
    payments.ledger.mood = 'dies after holding';
    expect((await refund(intent, { amount_minor: 300 })).status).toBe(503);
    expect((await get(`payment_intents/${intent.id}`)).refunds).toMatchObject([{ status: 'reserving' }]);
    payments.ledger.mood = 'well';
    await eventually(async () => {
      expect((await get(`payment_intents/${intent.id}`)).amount_refunded_minor).toBe(300);
    });
  });
});
