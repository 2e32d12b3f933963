import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { TestPayments } from '../testing/test-payments.js';

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start();
});
afterAll(() => payments.stop());

let orders = 0;
const create = async (change: object = {}) => {
  const body = {
    ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: `charge-${++orders}` },
    ...{ confirm: true, payment_method: 'tok_visa', ...change },
  };
  return (await payments.call('POST', '/v1/payment_intents', { body })).body;
};
const get = async (id: string) => (await payments.call('GET', `/v1/payment_intents/${id}`)).body;
const reach = (id: string, status: string) =>
  eventually(async () => {
    const body = await get(id);
    expect(body.status).toBe(status);
    return body;
  });
const act = (id: string, action: string, body: object = {}) =>
  payments.call('POST', `/v1/payment_intents/${id}/${action}`, { body });
const authorized = async (change: object = {}) =>
  reach((await create({ capture_method: 'manual', ...change })).id, 'requires_capture');
const allowed = ({ allowed_actions: actions }: { allowed_actions: { action: string; allowed: boolean }[] }) =>
  actions.flatMap(({ action, allowed: isAllowed }) => (isAllowed ? [action] : []));

describe('a payment that is captured by hand', () => {
  it('is captured in parts up to what is authorised, each booked once, and never beyond', async () => {
    const intent = await authorized();
    expect(intent).toMatchObject({ amount_capturable_minor: 1000, amount_captured_minor: 0, bookings: [] });
    expect(allowed(intent)).toEqual(['capture', 'cancel']);
    expect((await act(intent.id, 'capture', { amount_minor: 400 })).body.status).toBe('processing');
    const part = await reach(intent.id, 'partially_captured');
    expect(part).toMatchObject({ amount_capturable_minor: 600, amount_captured_minor: 400 });
    const above = await act(intent.id, 'capture', { amount_minor: 601 });
    expect(above).toMatchObject({
      status: 422,
      body: { code: 'capture-above-authorized', capturableMinor: 600 },
    });
    await act(intent.id, 'capture');
    const whole = await reach(intent.id, 'succeeded');
    expect(whole.captures.map(({ amount_minor: amount }: { amount_minor: number }) => amount)).toEqual([
      400, 600,
    ]);
    expect(whole.bookings.map(({ id }: { id: string }) => id).sort()).toEqual(
      whole.captures.map(({ operation_id: id }: { operation_id: string }) => `deposit:${id}`).sort(),
    );
    expect(payments.provider.book.get(whole.captures[0].operation_id)?.operation.parentProviderRef).toBe(
      whole.attempts[0].provider_ref,
    );
    expect(await act(intent.id, 'capture')).toMatchObject({ status: 409, body: { code: 'intent-settled' } });
  });

  it('has one open call at a time, however many ask at once', async () => {
    const { id } = await authorized();
    // Stays open until the provider has made up its mind.
    const body = { amount_minor: 300, metadata: { 'test.answer': 'pending' } };
    const answers = await Promise.all(Array.from({ length: 8 }, () => act(id, 'capture', body)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(new Set(refused.map(({ body }) => body.code))).toEqual(new Set(['attempt-in-progress']));
    const operationId = await eventually(async () => {
      const { captures } = await get(id);
      expect(captures.map(({ result }: { result: string }) => result)).toEqual(['pending']);
      return captures[0].operation_id;
    });
    payments.provider.finish(operationId, 'succeeded');
    await act(id, 'resolve');
    expect((await reach(id, 'partially_captured')).amount_captured_minor).toBe(300);
  });

  it('canceled, is released at the provider; after a part, only the rest', async () => {
    const whole = await authorized();
    await act(whole.id, 'cancel');
    const canceled = await reach(whole.id, 'canceled');
    expect(canceled.releases).toMatchObject([{ kind: 'void', result: 'succeeded', amount_minor: 1000 }]);
    expect(canceled.bookings).toEqual([]);
    const part = await authorized();
    await act(part.id, 'capture', { amount_minor: 250 });
    await reach(part.id, 'partially_captured');
    await act(part.id, 'cancel');
    const kept = await reach(part.id, 'succeeded');
    expect(kept).toMatchObject({ amount_captured_minor: 250, releases: [{ amount_minor: 750 }] });
    expect(kept.bookings).toHaveLength(1);
  });

  it('whose capture is unknown is asked about, and nothing else is captured meanwhile', async () => {
    const { id } = await authorized();
    payments.provider.lookupsFail = true;
    await act(id, 'capture', { amount_minor: 400, metadata: { 'test.answer': 'unknown after acting' } });
    const unknown = await reach(id, 'unknown');
    expect(allowed(unknown)).toEqual(['resolve']);
    for (const action of ['capture', 'cancel']) {
      expect(await act(id, action)).toMatchObject({ status: 409, body: { code: 'attempt-unknown' } });
    }
    await eventually(async () => {
      const [row] = await payments.rows<{ alarmed: boolean }>(
        `select alarmed_at is not null as alarmed from operation where owner_id = $1 and kind = 'capture'`,
        [id],
      );
      expect(row?.alarmed).toBe(true);
    });
    payments.provider.lookupsFail = false;
    expect((await act(id, 'resolve')).status).toBe(201);
    expect((await reach(id, 'partially_captured')).amount_captured_minor).toBe(400);
  });

  it('can be authorised again after a decline, not while it is authorised', async () => {
    const { id } = await create({ capture_method: 'manual', metadata: { 'test.answer': 'declined' } });
    const declined = await reach(id, 'requires_payment_method');
    expect(declined.attempts[0].decline).toEqual({
      ...{ code: 'do_not_honor', category: 'issuer', advice: 'retry_after', raw: 'do_not_honor' },
    });
    const { id: other } = await authorized();
    expect(await act(other, 'confirm', { payment_method: 'tok' })).toMatchObject({
      status: 409,
      body: { code: 'intent-authorized' },
    });
  });
});

describe('a payment', () => {
  it('created with a method waits for its confirmation, which may leave the method out', async () => {
    const { id, status, payment_method } = await create({ confirm: false });
    expect({ status, payment_method }).toEqual({
      status: 'requires_confirmation',
      payment_method: 'tok_visa',
    });
    await act(id, 'confirm');
    await reach(id, 'succeeded');
    const { id: bare } = await create({ confirm: false, payment_method: undefined });
    expect(await act(bare, 'confirm')).toMatchObject({
      status: 422,
      body: { code: 'payment-method-missing' },
    });
  });

  it('with a challenge sends the payer to the provider and back, and is charged once', async () => {
    const { id } = await create({
      ...{ metadata: { 'test.answer': 'challenge' }, return_url: 'https://shop.test/back?order=1' },
    });
    const waiting = await reach(id, 'requires_action');
    const [{ operation_id: operationId }] = waiting.attempts;
    expect(waiting.next_action.url).toContain(encodeURIComponent('https://shop.test/back?order=1'));
    expect(await act(id, 'confirm', { payment_method: 'tok' })).toMatchObject({ status: 409 });
    payments.provider.finish(operationId, 'succeeded');
    await act(id, 'resolve');
    const paid = await reach(id, 'succeeded');
    expect(paid.next_action).toBeNull();
    expect(paid.bookings).toHaveLength(1);
    expect(payments.provider.effects.get(operationId)).toBe(1);
  });

  it('whose challenge fails can be tried again', async () => {
    const { id } = await create({ metadata: { 'test.answer': 'challenge' } });
    const { attempts } = await reach(id, 'requires_action');
    payments.provider.finish(attempts[0].operation_id, 'declined');
    await act(id, 'resolve');
    const failed = await reach(id, 'requires_payment_method');
    expect(failed.attempts[0].decline).toMatchObject({ category: 'customer', advice: 'new_instrument' });
    expect(allowed(failed)).toEqual(['confirm', 'cancel']);
  });

  it("has a button's key per state: pressing twice is one action", async () => {
    const intent = await authorized();
    const key = intent.allowed_actions.find(
      ({ action }: { action: string }) => action === 'capture',
    ).idempotency_key;
    const press = () =>
      payments.call('POST', `/v1/payment_intents/${intent.id}/capture`, { idempotencyKey: key });
    const [first, second] = await Promise.all([press(), press()]);
    expect([first.status, second.status]).toEqual([201, 201]);
    const { captures } = await reach(intent.id, 'succeeded');
    expect(captures).toHaveLength(1);
  });

  it('tells its story: events, calls, observations, webhooks', async () => {
    const { id } = await create({ metadata: { 'test.answer': 'pending' } });
    const { attempts } = await eventually(async () => {
      const body = await get(id);
      expect(body.attempts[0].result).toBe('pending');
      return body;
    });
    const facts = { operationId: attempts[0].operation_id, kind: 'sale', result: 'succeeded' } as const;
    await payments.hear({
      requestId: 'whk_story',
      facts: { ...facts, amountMinor: '1000', currency: 'TRY' },
    });
    await reach(id, 'succeeded');
    const { body } = await payments.call('GET', `/v1/payment_intents/${id}/timeline`);
    const told = body.data.map(({ source, name }: { source: string; name: string }) => `${source}: ${name}`);
    expect(told).toEqual([
      'event: PaymentIntentCreated',
      'event: AttemptStarted',
      'provider_call: send sale',
      'event: OperationPending',
      'observation: answer pending',
      'event: OperationSucceeded',
      'event: BookingRequested',
      'webhook: webhook succeeded',
    ]);
    expect(body.data.at(-1).detail).toMatchObject({ request_id: 'whk_story', provider_type: 'test' });
  });
});
