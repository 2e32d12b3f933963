import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@defter/kernel';
import {
  conformanceBugs,
  conformanceCases,
  type ConformanceSubject,
  type ProviderOperation,
  webhookCases,
  type WebhookSample,
} from '@defter/payments-contracts';
import { iyzico } from './index.js';
import { type FakeIyzico, merchant, startFakeIyzico } from './testing/fake-server.js';

let fake: FakeIyzico;
beforeAll(async () => {
  fake = await startFakeIyzico();
});
afterAll(() => fake.stop());

const call = () => ({
  ...{ baseUrl: fake.baseUrl, apiKey: merchant.apiKey, timeoutMs: 5_000 },
  credentials: { secretKey: merchant.secretKey },
});
const operation = (email = 'payer@example.com'): ProviderOperation => ({
  ...{ operationId: newId('op'), kind: 'sale', amountMinor: 1_080n, currency: 'TRY', customerId: '42' },
  ...{ reference: 'order 7', returnUrl: 'https://shop.example/back' },
  metadata: {
    ...{ buyer_email: email, buyer_ip: '192.0.2.7', buyer_name: 'A', buyer_surname: 'B' },
    ...{ buyer_identity_number: '11111111111', buyer_address: 'Street 1' },
    ...{ buyer_city: 'Istanbul', buyer_country: 'Turkey' },
  },
});
const key = {
  ...{ id: 'key_1', secret: merchant.secretKey },
  parameters: { merchantId: merchant.merchantId },
};

/** A notification with these signed fields, as iyzico sends it. */
const sample = (
  fields: Readonly<Record<string, string>>,
  {
    before = merchant.secretKey,
    facts,
  }: { readonly before?: string; readonly facts?: WebhookSample['facts'] },
): WebhookSample => {
  const text = `${before}${Object.values(fields).join('')}`;
  const signature = createHmac('sha256', merchant.secretKey).update(text).digest('hex');
  const body = { ...fields, merchantId: 3_398, iyziEventTime: 1_760_000_000_000, iyziReferenceCode: 'ref-9' };
  return {
    request: {
      path: '/api/v1/payments/webhook/iyzico/c_iyzico',
      headers: { 'x-iyz-signature-v3': signature },
      body: Buffer.from(JSON.stringify(body)),
    },
    ...{ connectionId: 'c_iyzico', sentAt: new Date(), typeField: 'iyziEventType', key, facts },
    signed: Object.keys(fields),
  };
};

const subject: ConformanceSubject = {
  provider: iyzico,
  call,
  neverSent: 'unknown',
  refusal: { status: 200, body: '{"status":"failure","errorCode":"5007","errorMessage":"no buyer"}' },
  operation: (ending) => {
    const made = operation(ending === 'declined' ? 'declined@example.com' : undefined);
    return ending === 'wrong-amount-echoed' ? { ...made, reference: 'wrong amount' } : made;
  },
  pay: async ({ operationId, reference }) =>
    fake.pay(operationId, { isPaid: true, ...(reference === 'wrong amount' && { paidPrice: 12 }) }),
  webhook: async () => {
    const operationId = newId('op');
    const fields = {
      iyziEventType: 'THREE_DS_AUTH',
      paymentId: '22416035',
      paymentConversationId: operationId,
    };
    const facts = {
      ...({ kind: 'sale', result: 'succeeded', signedAsPair: true } as const),
      ...{ operationId, providerRef: '22416035' },
    };
    return sample({ ...fields, status: 'SUCCESS' }, { facts });
  },
};

const hosted: ConformanceSubject['webhook'] = async () => {
  const operationId = newId('op');
  const fields = {
    ...{ iyziEventType: 'CHECKOUT_FORM_AUTH', iyziPaymentId: '22416035' },
    ...{ token: 'a5c63f61-6bd7', paymentConversationId: operationId, status: 'FAILURE' },
  };
  const facts = {
    ...({ kind: 'sale', result: 'declined', signedAsPair: true } as const),
    ...{ operationId, providerRef: '22416035', declineCode: 'declined' },
  };
  return sample(fields, { facts });
};

const subscription: ConformanceSubject['webhook'] = async () =>
  sample(
    {
      ...{ iyziEventType: 'subscription.order.success', subscriptionReferenceCode: 'sub-1' },
      ...{ orderReferenceCode: 'ord-1', customerReferenceCode: 'cus-1' },
    },
    { before: `${merchant.merchantId}${merchant.secretKey}` },
  );

describe('the adapter of iyzico, against a server that speaks like iyzico', () => {
  for (const { name, run } of conformanceCases(subject)) it(name, run);

  it('a declined try is pending while the form is open, and declined once it must be closed', async () => {
    const sale = operation();
    await iyzico.execute(sale, call());
    fake.pay(sale.operationId, { isPaid: false, minutesAgo: 29 });
    expect(await iyzico.lookup(sale.operationId, call(), sale)).toEqual({ result: 'pending' });
    const other = operation();
    await iyzico.execute(other, call());
    fake.pay(other.operationId, { isPaid: false, minutesAgo: 31 });
    expect(await iyzico.lookup(other.operationId, call(), other)).toMatchObject({ result: 'declined' });
  });

  it('an operation that was paid twice is for people to see', async () => {
    const sale = operation();
    await iyzico.execute(sale, call());
    for (const _ of [1, 2]) fake.pay(sale.operationId, { isPaid: true });
    expect(await iyzico.lookup(sale.operationId, call(), sale)).toEqual({
      ...{ result: 'unknown', reason: 'it was paid 2 times' },
    });
  });

  it('a refund is asked for, and found by our id at its payment', async () => {
    const sale = operation();
    await iyzico.execute(sale, call());
    fake.pay(sale.operationId, { isPaid: true });
    const parentProviderRef = fake.paymentIdOf(sale.operationId);
    const refund = { ...operation(), kind: 'refund' as const, amountMinor: 305n, parentProviderRef };
    expect(await iyzico.lookup(refund.operationId, call(), refund)).toMatchObject({ result: 'unknown' });
    expect(await iyzico.execute(refund, call())).toEqual({ result: 'pending' });
    expect(await iyzico.lookup(refund.operationId, call(), refund)).toMatchObject({
      ...{ result: 'succeeded', echoed: { amountMinor: 305n, currency: 'TRY' } },
    });
    const wrong = { ...refund, parentProviderRef: '1' };
    expect(await iyzico.execute(wrong, call())).toEqual({ result: 'failed', declineCode: '5092' });
  });
});

describe('the hosted form', () => {
  for (const { name, run } of webhookCases({ ...subject, webhook: hosted })) it(name, run);
});

describe('the subscription form', () => {
  for (const { name, run } of webhookCases({ ...subject, webhook: subscription })) it(name, run);
});

describe('the kit notices in the adapter of iyzico that', () => {
  it.each(conformanceBugs.filter(({ fits }) => fits(iyzico)).map((bug) => [bug.bug, bug] as const))(
    '%s',
    async (_, { spoil, caughtBy }) => {
      const cases = conformanceCases({ ...subject, provider: spoil(iyzico) });
      const catcher = cases.find(({ name }) => name.startsWith(caughtBy));
      await expect(catcher?.run()).rejects.toThrow();
    },
  );

  it('its ids are taken for proven, each by itself', async () => {
    const { webhook } = iyzico;
    const normalize: typeof webhook.normalize = (request) =>
      webhook.normalize(request).map(({ facts, ...event }) => {
        if (facts === undefined) return event;
        const { signedAsPair: _, ...believed } = facts;
        return { ...event, facts: believed };
      });
    const spoiled = { ...subject, provider: { ...iyzico, webhook: { ...webhook, normalize } } };
    const catcher = webhookCases(spoiled).find(({ name }) => name.startsWith('webhook: a character moved'));
    await expect(catcher?.run()).rejects.toThrow('paymentId and paymentConversationId');
  });
});
