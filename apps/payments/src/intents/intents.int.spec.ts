import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { TestPayments, tokens } from '../testing/test-payments.js';

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start();
});
afterAll(() => payments.stop());

let orders = 0;
const order = (change: object = {}) => ({
  ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: `order-${++orders}` },
  ...{ confirm: true, payment_method: 'tok_visa', ...change },
});
const create = (change: object = {}) => payments.call('POST', '/v1/payment_intents', { body: order(change) });
const settled = (id: string, status: string) =>
  eventually(async () => {
    const { body } = await payments.call('GET', `/v1/payment_intents/${id}`);
    expect(body.status).toBe(status);
    return body;
  });
const commands = (id: string) =>
  payments.rows<{ message_id: string; body: string }>(
    `select message_id, body from outbox where subject = $1 and topic = 'defter.ledger.commands.v1'`,
    [id],
  );

describe('a deposit', () => {
  it('is captured by the answer, and the ledger is asked once for gross and fee', async () => {
    const { status, body } = await create();
    expect(status).toBe(201);
    expect(body).toMatchObject({ created: true, status: 'processing', amount_minor: 1000 });
    const intent = await settled(body.id, 'succeeded');
    const [command, ...more] = await commands(body.id);
    expect(more).toEqual([]);
    const operationId = intent.attempts[0].operation_id;
    expect(command?.message_id).toBe(`deposit:${operationId}`);
    expect(JSON.parse(command?.body ?? '')).toMatchObject({
      type: 'CreateTransaction',
      ledger: 'main',
      reference: operationId,
      postings: [
        { source: 'psp:c_one:receivable', destination: 'users:42:main', amount: '1000', asset: 'TRY/2' },
        { source: 'fees:provider', destination: 'psp:c_one:receivable', amount: '25', asset: 'TRY/2' },
      ],
    });
  });

  it('is one for 50 parallel requests with one merchant reference', async () => {
    const same = order();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => payments.call('POST', '/v1/payment_intents', { body: same })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ body }) => body.created)).toHaveLength(1);
    const other = await payments.call('POST', '/v1/payment_intents', {
      body: { ...same, amount_minor: 1001 },
    });
    expect(other).toMatchObject({ status: 409, body: { code: 'merchant-reference-taken' } });
  });

  it('whose webhooks come 5 times, late and in the wrong order, is booked once', async () => {
    const { body } = await create({ metadata: { 'test.answer': 'pending' } });
    const waiting = await eventually(async () => {
      const { body: seen } = await payments.call('GET', `/v1/payment_intents/${body.id}`);
      expect(seen.attempts[0].result).toBe('pending');
      return seen;
    });
    const operationId = waiting.attempts[0].operation_id;
    const facts = { operationId, kind: 'sale', amountMinor: '1000', currency: 'TRY' } as const;
    await payments.hear(
      ...Array.from({ length: 3 }, (_, n) => ({
        eventId: `evt_s${n}${operationId}`,
        facts: { ...facts, result: 'succeeded' } as const,
      })),
      { eventId: `evt_s0${operationId}`, facts: { ...facts, result: 'succeeded' } },
      { eventId: `evt_p${operationId}`, facts: { ...facts, result: 'pending' } },
    );
    await settled(body.id, 'succeeded');
    await eventually(async () => {
      const seen = await payments.rows('select from observation where operation_id = $1 and source = $2', [
        operationId,
        'webhook',
      ]);
      expect(seen).toHaveLength(4);
    });
    expect(await commands(body.id)).toHaveLength(1);
    const { body: timeline } = await payments.call('GET', `/v1/payment_intents/${body.id}/timeline`);
    expect(timeline.data.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining([
        'PaymentIntentCreated',
        'AttemptStarted',
        'OperationSucceeded',
        'webhook succeeded',
      ]),
    );
  });

  it('moves nothing for an unverified event, nor for other money; a person is told', async () => {
    const { body } = await create({ metadata: { 'test.answer': 'pending' } });
    const { attempts } = await settled(body.id, 'processing');
    const facts = {
      operationId: attempts[0].operation_id,
      kind: 'sale',
      result: 'succeeded',
      currency: 'TRY',
    } as const;
    await eventually(async () => {
      const { body: seen } = await payments.call('GET', `/v1/payment_intents/${body.id}`);
      expect(seen.attempts[0].result).toBe('pending');
    });
    await payments.hear(
      { verified: false, facts: { ...facts, amountMinor: '1000' } },
      { facts: { ...facts, amountMinor: '999' } },
    );
    const seen = await eventually(async () => {
      const answer = await payments.call('GET', `/v1/payment_intents/${body.id}`);
      expect(answer.body.needs_attention).toEqual(['amount-mismatch']);
      expect(payments.provider.calls).toContain(`lookup ${facts.operationId}`);
      return answer.body;
    });
    expect(seen.status).toBe('processing');
    expect(await commands(body.id)).toEqual([]);
  });

  it('that times out after charging is looked up, never charged twice', async () => {
    const { body } = await create({ metadata: { 'test.answer': 'unknown after acting' } });
    const { attempts } = await settled(body.id, 'succeeded');
    const id = attempts[0].operation_id;
    expect(payments.provider.effects.get(id)).toBe(1);
    expect(payments.provider.calls.filter((call) => call.endsWith(id))).toEqual([
      `execute ${id}`,
      `lookup ${id}`,
    ]);
    expect(await commands(body.id)).toHaveLength(1);
  });

  it('that never reached the provider is sent again with the same id', async () => {
    const scripts = ['errored, succeeded', 'unknown before acting, succeeded'];
    for (const answer of scripts) {
      const { body } = await create({ metadata: { 'test.answer': answer } });
      const { attempts } = await settled(body.id, 'succeeded');
      expect(payments.provider.effects.get(attempts[0].operation_id)).toBe(1);
      expect(attempts).toHaveLength(1);
    }
  });

  it('that is refused when it is sent again may have charged the first time: no other attempt', async () => {
    payments.provider.lookupsLag = true;
    const { body } = await create({ metadata: { 'test.answer': 'unknown after acting, refused' } });
    const id = body.attempts[0].operation_id;
    const isSend = (call: string): boolean => call === `execute ${id}`;
    await eventually(() => expect(payments.provider.calls.filter(isSend)).toHaveLength(2));
    await eventually(() => expect(payments.provider.calls.at(-1)).toBe(`lookup ${id}`));
    const again = await payments.call('POST', `/v1/payment_intents/${body.id}/confirm`, {
      body: { payment_method: 'tok' },
    });
    payments.provider.lookupsLag = false;
    expect(again).toMatchObject({ status: 409, body: { code: 'attempt-unknown' } });
    await payments.call('POST', `/v1/payment_intents/${body.id}/resolve`, { body: {} });
    await settled(body.id, 'succeeded');
    expect(payments.provider.effects.get(id)).toBe(1);
  });

  it('that is refused at once has failed, also after it provably never left', async () => {
    for (const answer of ['refused', 'errored, refused']) {
      const { body } = await create({ metadata: { 'test.answer': answer } });
      await eventually(async () => {
        const intent = (await payments.call('GET', `/v1/payment_intents/${body.id}`)).body;
        expect(intent.attempts[0]).toMatchObject({ result: 'failed', decline_code: 'key_revoked' });
      });
    }
  });

  it('that stays unknown bars another attempt, and rings an alarm when the ladder ends', async () => {
    payments.provider.lookupsFail = true;
    const { body } = await create({ metadata: { 'test.answer': 'unknown after acting' } });
    await settled(body.id, 'unknown');
    const again = await payments.call('POST', `/v1/payment_intents/${body.id}/confirm`, {
      body: { payment_method: 'tok' },
    });
    expect(again).toMatchObject({ status: 409, body: { code: 'attempt-unknown' } });
    await eventually(async () => {
      const rows = await payments.rows(
        'select from operation where owner_id = $1 and alarmed_at is not null',
        [body.id],
      );
      expect(rows).toHaveLength(1);
    });
    payments.provider.lookupsFail = false;
  });

  it('declined may be tried again', async () => {
    const { body } = await create({ metadata: { 'test.answer': 'declined' } });
    const first = await settled(body.id, 'requires_payment_method');
    expect(first.attempts[0].decline_code).toBe('do_not_honor');
    const again = await payments.call('POST', `/v1/payment_intents/${body.id}/confirm`, {
      body: { payment_method: 'tok' },
    });
    expect(again.body.status).toBe('processing');
    const twice = await settled(body.id, 'requires_payment_method');
    expect(twice.attempts).toHaveLength(2);
  });
});

describe('the API of intents', () => {
  it.each([
    ['an amount with decimals', { amount_minor: 10.5 }],
    ['an amount of 0', { amount_minor: 0 }],
    ['a negative amount', { amount_minor: -1 }],
    ['an unknown field', { extra: 1 }],
    ['a card number', { payment_method: '4242 4242 4242 4242' }],
    ['a card number in metadata', { metadata: { note: 'card 4242424242424242' } }],
    ['a customer that is no address', { customer_id: 'a:b' }],
  ])('refuses %s', async (_what, change) => {
    expect(await create(change)).toMatchObject({ status: 400, body: { code: 'malformed' } });
  });

  it('takes amounts far above 2^53 exactly, and pages', async () => {
    const amount = '123456789012345678901234567890';
    const { body } = await create({ amount_minor: amount, customer_id: 'rich' });
    const [row] = await payments.rows<{ amount_minor: string }>(
      'select amount_minor from payment_intent where intent_id = $1',
      [body.id],
    );
    expect(row?.amount_minor).toBe(amount);
    await create({ customer_id: 'rich' });
    const first = await payments.call('GET', '/v1/payment_intents?customer_id=rich&page_size=1');
    const second = await payments.call(
      'GET',
      `/v1/payment_intents?customer_id=rich&page_size=1&cursor=${first.body.next}`,
    );
    expect(second.body.data[0].id).toBe(body.id);
    expect(second.body.next).toBeUndefined();
  });

  it("doesn't show another tenant's intent", async () => {
    const { body } = await create();
    const path = `/v1/payment_intents/${body.id}`;
    expect(await payments.call('GET', path, { token: tokens.stranger })).toMatchObject({ status: 404 });
    expect(await payments.call('POST', `${path}/cancel`, { token: tokens.stranger })).toMatchObject({
      status: 404,
    });
  });
});
