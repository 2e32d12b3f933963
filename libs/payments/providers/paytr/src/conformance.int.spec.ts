import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@defter/kernel';
import {
  conformanceBugs,
  conformanceCases,
  type ConformanceSubject,
  type ProviderOperation,
} from '@defter/payments-contracts';
import { paytr } from './index.js';
import { type FakePaytr, merchant, startFakePaytr } from './testing/fake-server.js';
import { toMerchantOid } from './wire.js';

let fake: FakePaytr;
beforeAll(async () => {
  fake = await startFakePaytr();
});
afterAll(() => fake.stop());

const oidOf = (operationId: string): string => toMerchantOid(operationId) ?? '';
const call = () => ({
  ...{ baseUrl: fake.baseUrl, apiKey: merchant.id, timeoutMs: 5_000 },
  credentials: { merchantKey: merchant.key, merchantSalt: merchant.salt },
});
const operation = (email = 'payer@example.com'): ProviderOperation => ({
  ...{ operationId: newId('op'), kind: 'sale', amountMinor: 1_080n, currency: 'TRY', customerId: '42' },
  ...{ reference: 'order 7', returnUrl: 'https://shop.example/back' },
  metadata: {
    ...{ buyer_email: email, buyer_ip: '192.0.2.7', buyer_name: 'A B' },
    ...{ buyer_address: 'Street 1', buyer_phone: '05000000000' },
  },
});

const subject: ConformanceSubject = {
  provider: paytr,
  call,
  neverSent: 'unknown',
  refusal: { status: 200, body: '{"status":"failed","reason":"wrong hash"}' },
  idAsSent: oidOf,
  operation: (ending) => {
    const made = operation(ending === 'declined' ? 'declined@example.com' : undefined);
    return ending === 'wrong-amount-echoed' ? { ...made, reference: 'wrong amount' } : made;
  },
  pay: async ({ operationId, reference }) =>
    fake.pay(oidOf(operationId), reference === 'wrong amount' ? 1_081n : undefined),
  webhook: async () => {
    const operationId = newId('op');
    const oid = oidOf(operationId);
    const text = `${oid}${merchant.salt}success1080`;
    const hash = createHmac('sha256', merchant.key).update(text).digest('base64');
    const form = new URLSearchParams({
      ...{ merchant_id: merchant.id, hash, payment_amount: '1080', currency: 'TL', payment_type: 'card' },
      ...{ merchant_oid: oid, test_mode: '0', status: 'success', total_amount: '1080' },
    });
    return {
      request: {
        path: '/api/v1/payments/webhook/paytr/c_paytr',
        headers: {},
        body: Buffer.from(form.toString()),
      },
      ...{ connectionId: 'c_paytr', sentAt: new Date(), signatureField: 'hash', typeField: 'status' },
      key: { id: 'key_1', secret: merchant.key, parameters: { salt: merchant.salt } },
      facts: { operationId, providerRef: oid, kind: 'sale', amountMinor: 1_080n, result: 'succeeded' },
    };
  },
};

describe('the adapter of PayTR, against a server that speaks like PayTR', () => {
  for (const { name, run } of conformanceCases(subject)) it(name, run);

  it('a refund is asked for, and found by the reference that we gave it', async () => {
    const sale = operation();
    const parentProviderRef = oidOf(sale.operationId);
    await paytr.execute(sale, call());
    fake.pay(parentProviderRef);
    const refund = { ...operation(), kind: 'refund' as const, amountMinor: 305n, parentProviderRef };
    expect(await paytr.lookup(refund.operationId, call(), refund)).toMatchObject({ result: 'unknown' });
    expect(await paytr.execute(refund, call())).toMatchObject({ result: 'pending' });
    expect(await paytr.lookup(refund.operationId, call(), refund)).toMatchObject({
      ...{ result: 'succeeded', echoed: { amountMinor: 305n, currency: 'TRY' } },
    });
    const early = { ...refund, parentProviderRef: oidOf(newId('op')) };
    expect(await paytr.execute(early, call())).toEqual({ result: 'failed', declineCode: '006' });
  });
});

describe('the kit notices in the adapter of PayTR that', () => {
  it.each(conformanceBugs.filter(({ fits }) => fits(paytr)).map((bug) => [bug.bug, bug] as const))(
    '%s',
    async (_, { spoil, caughtBy }) => {
      const cases = conformanceCases({ ...subject, provider: spoil(paytr) });
      const catcher = cases.find(({ name }) => name.startsWith(caughtBy));
      await expect(catcher?.run()).rejects.toThrow();
    },
  );
});
