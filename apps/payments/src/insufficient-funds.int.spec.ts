import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { TestPayments, tokens } from './testing/test-payments.js';

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start();
});
afterAll(() => payments.stop());

const iban = 'TR330006100519786457841326';
const payout = (customer: string, token: string, idempotencyKey: string, amount = 700_000) =>
  payments.call('POST', '/v1/payouts', {
    ...{ token, idempotencyKey },
    body: { amount_minor: amount, currency: 'TRY', customer_id: customer, destination: iban },
  });
let orders = 0;
const paid = async (change: object) => {
  const body = {
    ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: `funds-${++orders}` },
    ...{ confirm: true, payment_method: 'tok_visa', ...change },
  };
  const { body: intent } = await payments.call('POST', '/v1/payment_intents', { body });
  await eventually(async () =>
    expect((await payments.call('GET', `/v1/payment_intents/${intent.id}`)).body.status).toBe('succeeded'),
  );
  await payments.bookDeposits();
  return intent.id as string;
};

describe('a payout that the wallet can not bear', () => {
  it('says what is needed and what there is, in which currency, for ever the same', async () => {
    payments.ledger.available.set('users:poor:main', 612_345n);
    const first = await payout('poor', tokens.reader, 'poor-1');
    const expected = {
      ...{ code: 'insufficient-funds', account: 'users:poor:main', currency: 'TRY' },
      ...{ neededMinor: 700_000, availableMinor: 612_345 },
    };
    expect(first).toMatchObject({ status: 422, body: expected });
    payments.ledger.available.set('users:poor:main', 999_999n);
    expect(await payout('poor', tokens.reader, 'poor-1')).toMatchObject({ status: 422, body: expected });
    expect((await payout('poor', tokens.reader, 'poor-2')).status).toBe(201);
  });

  it('tells the balance to nobody who may not read balances, not by another’s key either', async () => {
    payments.ledger.available.set('users:secret:main', 612_345n);
    for (const token of [tokens.machine, tokens.reader, tokens.machine]) {
      const { status, body } = await payout('secret', token, 'secret-1');
      expect(status).toBe(422);
      expect(body).toMatchObject({ neededMinor: 700_000, currency: 'TRY' });
      expect('availableMinor' in body).toBe(token === tokens.reader);
      if (token === tokens.machine) expect(JSON.stringify(body)).not.toContain('612345');
    }
    const list = await payments.call('GET', '/v1/payouts?customer_id=secret');
    expect(JSON.stringify(list.body)).not.toContain('612345');
  });

  it('whose ledger gives no figures is refused without them', async () => {
    payments.ledger.available.set('users:old:main', 612_345n);
    payments.ledger.tellsFigures = false;
    const { body } = await payout('old', tokens.reader, 'old-1');
    payments.ledger.tellsFigures = true;
    expect(body).toMatchObject({ code: 'insufficient-funds', currency: 'TRY' });
    expect(body).not.toHaveProperty('neededMinor');
    expect(body).not.toHaveProperty('availableMinor');
  });
});

describe('a refund that whoever was paid can not bear', () => {
  it('says it of the wallet, or of the merchant’s account that lacks it', async () => {
    const deposit = await paid({ customer_id: 'spent' });
    payments.ledger.available.set('users:spent:main', 99n);
    const asked = { token: tokens.reader, body: { payment_intent: deposit, amount_minor: 100 } };
    expect(await payments.call('POST', '/v1/refunds', asked)).toMatchObject({
      status: 422,
      body: { account: 'users:spent:main', currency: 'TRY', neededMinor: 100, availableMinor: 99 },
    });
    const sale = await paid({ merchant_id: 'shop' });
    payments.ledger.available.set('merchants:shop:payable', 1n);
    const { body } = await payments.call('POST', '/v1/refunds', {
      ...{ token: tokens.machine, body: { payment_intent: sale } },
    });
    expect(body).toMatchObject({ code: 'insufficient-funds', account: 'merchants:shop:payable' });
    expect(body).not.toHaveProperty('availableMinor');
  });

  it('tells the balance to nobody who may not read balances, in its timeline either', async () => {
    const deposit = await paid({ customer_id: 'discreet' });
    payments.ledger.available.set('users:discreet:main', 97n);
    const body = { payment_intent: deposit, amount_minor: 100 };
    expect((await payments.call('POST', '/v1/refunds', { body })).status).toBe(422);
    const rejectedFor = async (token: string) => {
      const asked = await payments.call('GET', `/v1/payment_intents/${deposit}/timeline`, { token });
      const { detail } = asked.body.data.find(({ name }: { name: string }) => name === 'RefundRejected');
      return detail.shortage;
    };
    const needed = { account: 'users:discreet:main', neededMinor: '100' };
    expect(await rejectedFor(tokens.machine)).toEqual(needed);
    expect(await rejectedFor(tokens.reader)).toEqual({ ...needed, availableMinor: '97' });
  });
});
