import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '@defter/testing';
import { PayCheckout } from '../pay-checkout.handler.js';
import { type Answer, TENANT, TestPayments, tokens } from '../testing/test-payments.js';

jest.setTimeout(120_000);

const BANK = 'https://bank.example/challenge/';
/** The job looks again after 5 s, and a busy machine takes its time. */
const PATIENCE = { timeoutMs: 60_000 };
let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start();
  payments.provider.challengeUrl = (operationId) => `${BANK}${operationId}`;
});
afterAll(() => payments.stop());

let orders = 0;
const wish = (change: object = {}) => ({
  ...{ amount_minor: 129_950, currency: 'TRY', customer_id: '42', merchant_reference: `co-${++orders}` },
  ...{
    success_url: 'https://shop.example/thanks',
    cancel_url: 'https://shop.example/cart?a=1&b=2',
    ...change,
  },
});
const open = (change: object = {}, options: object = {}): Promise<Answer> =>
  payments.call('POST', '/v1/checkout/sessions', { body: wish(change), ...options });
const get = async (id: string) => (await payments.call('GET', `/v1/checkout/sessions/${id}`)).body;
const pageOf = ({ checkout_url: address }: { checkout_url: string }) =>
  `${payments.instances[0]?.url}${new URL(address).pathname}`;
const press = (session: { checkout_url: string }, fields: Record<string, string>) =>
  fetch(pageOf(session), { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
const attempts = (session: { payment_intent_id: string }) =>
  payments.rows('select result from operation where owner_id = $1', [session.payment_intent_id]);
const settled = (id: string, status: string) =>
  eventually(async () => {
    const session = await get(id);
    expect(session.status).toBe(status);
    return session;
  }, PATIENCE);

describe('a checkout session', () => {
  it('has an address that nobody can guess; paid, it is complete and booked once', async () => {
    const { status, body } = await open({ metadata: { order: '7' } });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      ...{ status: 'open', payment_status: 'unpaid', amount_minor: 129_950, currency: 'TRY', created: true },
      session_id: expect.stringMatching(/^cs_/),
      checkout_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:4200\/checkout\/t_one\/[\w-]{43}$/),
      payment_intent_id: expect.stringMatching(/^pi_/),
    });
    expect(Date.parse(body.expires_at) - Date.parse(body.created_at)).toBe(1_800_000);
    const pressed = await press(body, { try: '1', card: 'instant' });
    expect([pressed.status, pressed.headers.get('location')]).toEqual([
      303,
      `${new URL(body.checkout_url).pathname}?lang=en`,
    ]);
    expect(await settled(body.session_id, 'complete')).toMatchObject({ payment_status: 'paid' });
    const { body: intent } = await payments.call('GET', `/v1/payment_intents/${body.payment_intent_id}`);
    expect(intent).toMatchObject({
      status: 'succeeded',
      metadata: { order: '7' },
      bookings: [{ kind: 'deposit' }],
    });
    const events = await payments.rows<{ type: string }>(
      'select type from stream_event where stream_id = $1 order by version',
      [body.session_id],
    );
    expect(events.map(({ type }) => type)).toEqual([
      'CheckoutOpened',
      'CheckoutPaymentTried',
      'CheckoutCompleted',
    ]);
  });

  it('tells its address to the provider, to come back to, and leaves it in no event or message', async () => {
    const { body } = await open({ metadata: { 'test.answer': 'challenge' } });
    await press(body, { try: '1', card: 'instant' });
    const token = new URL(body.checkout_url).pathname.split('/').at(-1) ?? '';
    const [attempt] = await payments.rows<{ id: string; back: string }>(
      'select operation_id as id, return_url as back from operation where owner_id = $1',
      [body.payment_intent_id],
    );
    expect(attempt?.back).toBe(`${body.checkout_url}/return?lang=en`);
    const path = `/v1/payment_intents/${body.payment_intent_id}`;
    await eventually(async () =>
      expect((await payments.call('GET', path)).body.next_action?.url).toBe(`${BANK}${attempt?.id}`),
    );
    expect(payments.provider.book.get(attempt?.id ?? '')?.operation.returnUrl).toBe(attempt?.back);
    for (const table of ['stream_event', 'payment_intent', 'outbox']) {
      const found = await payments.rows(`select from ${table} t where position($1 in t::text) > 0`, [token]);
      expect([table, found.length]).toEqual([table, 0]);
    }
  });

  it('is one for 20 parallel requests of one order; another body or payment of it is refused', async () => {
    const same = wish();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => payments.call('POST', '/v1/checkout/sessions', { body: same })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body.checkout_url)).size).toBe(1);
    expect(answers.filter(({ body }) => body.created)).toHaveLength(1);
    const other = { ...same, success_url: 'https://shop.example/other' };
    expect(await payments.call('POST', '/v1/checkout/sessions', { body: other })).toMatchObject({
      ...{ status: 409, body: { code: 'merchant-reference-taken' } },
    });
    const { success_url: _s, cancel_url: _c, ...intent } = wish();
    await payments.call('POST', '/v1/payment_intents', { body: intent });
    expect(await open({ merchant_reference: intent.merchant_reference })).toMatchObject({
      ...{ status: 409, body: { code: 'merchant-reference-taken' } },
    });
  });

  it('of nothing to pay is complete when it is confirmed, without an intent', async () => {
    const { body } = await open({ amount_minor: 0 });
    expect(body.payment_intent_id).toBeNull();
    await press(body, { try: '1' });
    expect(await get(body.session_id)).toMatchObject({
      ...{ status: 'complete', payment_status: 'no_payment_required' },
    });
  });

  it('takes one payment however often the button is pressed; after a decline another', async () => {
    const { body } = await open();
    await Promise.all(Array.from({ length: 10 }, () => press(body, { try: '1', card: 'lost_card' })));
    await eventually(async () => expect(await attempts(body)).toEqual([{ result: 'declined' }]));
    await press(body, { try: '1', card: 'instant' });
    expect(await attempts(body)).toHaveLength(1);
    await Promise.all(Array.from({ length: 10 }, () => press(body, { try: '2', card: 'instant' })));
    await settled(body.session_id, 'complete');
    await press(body, { try: '3', card: 'instant' });
    expect(await attempts(body)).toHaveLength(2);
  });

  it("isn't shown to another tenant, nor at an address that is nearly right", async () => {
    const { body } = await open();
    const path = `/v1/checkout/sessions/${body.session_id}`;
    expect((await payments.call('GET', path, { token: tokens.stranger })).status).toBe(404);
    const page = pageOf(body);
    const wrong = [
      page.replace('t_one', 't_two'),
      `${page.slice(0, -1)}${page.endsWith('A') ? 'B' : 'A'}`,
      `${page}x`,
    ];
    for (const address of wrong) {
      const answer = await fetch(address);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
      expect((await fetch(address, { method: 'POST', body: 'try=1&card=instant' })).status).toBe(404);
    }
  });
});

describe('the end of a session', () => {
  it('comes by the clock of the database: it takes no payment, and its intent is canceled', async () => {
    const { body } = await open({ expires_in: 1 });
    await settled(body.session_id, 'expired');
    await press(body, { try: '1', card: 'instant' });
    expect(await attempts(body)).toEqual([]);
    const { body: intent } = await payments.call('GET', `/v1/payment_intents/${body.payment_intent_id}`);
    expect(intent.status).toBe('canceled');
    expect(await (await fetch(pageOf(body))).text()).toContain('has expired');
  });

  it('waits for a payment that is under way, and comes when that failed', async () => {
    const { body } = await open({ expires_in: 2, metadata: { 'test.answer': 'pending' } });
    await press(body, { try: '1', card: 'instant' });
    const [{ operation_id: operationId } = { operation_id: '' }] = await payments.rows<{
      operation_id: string;
    }>('select operation_id from operation where owner_id = $1', [body.payment_intent_id]);
    // The job took it, found the payment and will look again.
    await eventually(async () => {
      const rows = await payments.rows(
        'select from checkout_session where session_id = $1 and expire_due_at > expires_at',
        [body.session_id],
      );
      expect(rows).toHaveLength(1);
    });
    expect((await get(body.session_id)).status).toBe('open');
    await payments.hear({
      facts: { operationId, kind: 'sale', result: 'declined', declineCode: 'do_not_honor' },
    });
    await settled(body.session_id, 'expired');
  });

  it('and a payment that come together have one winner', async () => {
    const service = payments.instances[0]?.get(PayCheckout);
    const tenant = { id: TENANT } as never;
    const rounds = Array.from({ length: 12 }, async () => {
      const { body } = await open({ expires_in: 1 });
      const until = Date.parse(body.expires_at);
      const expire = () => service?.expire(tenant, body.session_id, body.payment_intent_id);
      // Both keep on until the time is up: one of the two is the first beyond it.
      while (Date.now() < until + 300) {
        const isNear = Date.now() > until - 30;
        await Promise.all([expire(), isNear ? press(body, { try: '1', card: 'instant' }) : expire()]);
      }
      const session = await eventually(async () => {
        const seen = await get(body.session_id);
        expect(seen.status).not.toBe('open');
        return seen;
      }, PATIENCE);
      const effects = (await attempts(body)).length;
      expect([session.status, session.payment_status, effects]).toEqual(
        effects === 1 ? ['complete', 'paid', 1] : ['expired', 'unpaid', 0],
      );
      return session.status;
    });
    await Promise.all(rounds);
  });

  it('is undone by a capture that the provider tells late: the money is there', async () => {
    const { body } = await open({ expires_in: 2 });
    await press(body, { try: '1', card: 'lost_card' });
    await settled(body.session_id, 'expired');
    const [operation] = await payments.rows<{ id: string }>(
      'select operation_id as id from operation where owner_id = $1',
      [body.payment_intent_id],
    );
    const money = { amountMinor: '129950', currency: 'TRY' };
    await payments.hear({
      facts: { operationId: operation?.id ?? '', kind: 'sale', result: 'succeeded', ...money },
    });
    expect(await settled(body.session_id, 'complete')).toMatchObject({ payment_status: 'paid' });
  });
});
