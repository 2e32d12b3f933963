import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger, Database } from '@defter/platform';
import { eventually } from '@defter/testing';
import { TestPayments, tokens } from '../testing/test-payments.js';

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start();
});
afterAll(() => payments.stop());

let orders = 0;
const create = async (change: object = {}) => {
  const body = {
    ...{ amount_minor: 1000, currency: 'TRY', customer_id: 'customer-of-the-funnel' },
    ...{ merchant_reference: `funnel-${++orders}`, ...change },
  };
  return payments.call('POST', '/v1/payment_intents', { body });
};
const reach = (path: string, status: string) =>
  eventually(async () => {
    const { body } = await payments.call('GET', path, { token: tokens.ayse });
    expect(body.status).toBe(status);
  });

const scraped = async (): Promise<string> => {
  const texts = payments.instances.map(async ({ managementUrl }) =>
    (await fetch(`${managementUrl}/metrics`)).text(),
  );
  return (await Promise.all(texts)).join('\n');
};

/** Samples of a name, by their labels without the service's. */
async function samples(name: string): Promise<Record<string, number>> {
  const lines = (await scraped()).matchAll(/^(\w+)\{([^}]*)\} (\S+)$/gm);
  const found: Record<string, number> = {};
  for (const [, metric, labels = '', value = ''] of lines) {
    if (metric !== name) continue;
    const key = [...labels.matchAll(/(\w+)="([^"]*)"/g)]
      .flatMap(([, label, text = '']) => (label === 'service' ? [] : [text]))
      .join(' ');
    found[key] = (found[key] ?? 0) + parseFloat(value);
  }
  return found;
}
/** The service may not change what happened. */
async function asOwner(sql: string, parameters: string[]): Promise<void> {
  const logger = createLogger('test', 'silent');
  const owner = new Database({ url: payments.database.adminUrl, name: 'owner', logger, poolSize: 1 });
  await owner.query(sql, parameters);
  await owner.close();
}

const intents = () => samples('defter_payments_intents_total');
const payouts = () => samples('defter_payments_payouts_total');

describe('the funnel of deposits', () => {
  it('counts each step of an intent once, by provider and class of method', async () => {
    const both = { confirm: true, payment_method: 'tok_visa' };
    const { body } = await create(both);
    await reach(`/v1/payment_intents/${body.id}`, 'succeeded');
    // The same request again is no other intent.
    const again = { ...both, merchant_reference: `funnel-${orders}` };
    orders -= 1;
    expect((await create(again)).body.id).toBe(body.id);
    expect(await intents()).toEqual({
      'created deposit none card': 1,
      'confirmed deposit mock-psp card': 1,
      'succeeded deposit mock-psp card': 1,
    });
  });

  it('counts a second attempt of the same intent as no second confirmation', async () => {
    const before = await intents();
    const declined = { confirm: true, payment_method: 'tok_visa', metadata: { 'test.answer': 'declined' } };
    const { body } = await create(declined);
    const path = `/v1/payment_intents/${body.id}`;
    await reach(path, 'requires_payment_method');
    await payments.call('POST', `${path}/confirm`, { body: { payment_method: 'tok_mastercard' } });
    await eventually(async () => expect((await payments.call('GET', path)).body.attempts).toHaveLength(2));
    const after = await intents();
    expect(after['confirmed deposit mock-psp card']).toBe(
      (before['confirmed deposit mock-psp card'] ?? 0) + 1,
    );
    expect(after['created deposit none card']).toBe((before['created deposit none card'] ?? 0) + 1);
  });

  it('counts what was captured by hand when the first money came, and sales apart', async () => {
    const manual = { confirm: true, payment_method: 'tok_visa', capture_method: 'manual', merchant_id: 'm1' };
    const { body } = await create(manual);
    const path = `/v1/payment_intents/${body.id}`;
    await reach(path, 'requires_capture');
    expect((await intents())['succeeded sale mock-psp card']).toBeUndefined();
    await payments.call('POST', `${path}/capture`, { body: { amount_minor: 400 } });
    await reach(path, 'partially_captured');
    await payments.call('POST', `${path}/capture`, { body: {} });
    await reach(path, 'succeeded');
    expect(await intents()).toMatchObject({
      'confirmed sale mock-psp card': 1,
      'succeeded sale mock-psp card': 1,
    });
  });

  it('counts one that was given up', async () => {
    const { body } = await create();
    await payments.call('POST', `/v1/payment_intents/${body.id}/cancel`, { body: {} });
    expect(await intents()).toMatchObject({
      'created deposit none none': 1,
      'canceled deposit none none': 1,
    });
  });
});

describe('the funnel of withdrawals', () => {
  it('begins at 0, so that Prometheus sees the first one too', async () => {
    const counts = await samples('defter_payments_payout_seconds_count');
    expect(counts['mock-psp']).toBe(0);
  });

  it('counts what was requested, approved and paid, and the time that it took', async () => {
    const destination = 'TR330006100519786457841326';
    const body = { amount_minor: 1000, currency: 'TRY', customer_id: '42', destination };
    const { body: payout } = await payments.call('POST', '/v1/payouts', { body, token: tokens.machine });
    expect(await payouts()).toEqual({ 'requested mock-psp': 1 });
    // Two hours pass between the request and the approval.
    await asOwner(
      `update stream_event set recorded_at = recorded_at - interval '2 hours' where stream_id = $1`,
      [payout.id],
    );
    await payments.call('POST', `/v1/payouts/${payout.id}/approve`, {
      body: { payload_hash: payout.payload_hash },
      token: tokens.ayse,
    });
    await reach(`/v1/payouts/${payout.id}`, 'paid');
    await eventually(async () =>
      expect(await payouts()).toEqual({
        ...{ 'requested mock-psp': 1, 'approved mock-psp': 1, 'paid mock-psp': 1 },
      }),
    );
    const buckets = await samples('defter_payments_payout_seconds_bucket');
    expect([buckets['3600 mock-psp'], buckets['14400 mock-psp']]).toEqual([0, 1]);
    const [seconds = 0] = Object.values(await samples('defter_payments_payout_seconds_sum'));
    expect(seconds).toBeGreaterThan(7_199);
    expect(seconds).toBeLessThan(7_500);
  });
});

describe('onboarding', () => {
  it('tells how many tenants got how far, and names none', async () => {
    // Four tenants in the settings; the first one has paid in and out.
    expect(await samples('defter_payments_tenants_count')).toEqual({
      ...{ configured: 4, first_intent: 1, first_deposit: 1, first_payout: 1 },
    });
  });
});

it('no metric carries an id, a reference or a payment method', async () => {
  const text = await scraped();
  const own = text.split('\n').filter((line) => line.startsWith('defter_payments_'));
  expect(own.length).toBeGreaterThan(20);
  expect(own.filter((line) => /pi_|po_|op_|tok_|TR33|funnel-|customer-of|t_one|m1/.test(line))).toEqual([]);
});
