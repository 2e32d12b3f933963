import { describe, expect, it } from '@jest/globals';
import { newId } from '@defter/kernel';
import {
  conformanceBugs,
  conformanceCases,
  type ConformanceSubject,
  webhookCases,
  type WebhookSample,
} from '@defter/payments-contracts';
import { adyen } from './index.js';
import { digestOf, type SignedItem } from './wire.js';

const key = { id: 'key_1', secret: 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00' };

const item = (operationId: string, changes: Partial<SignedItem> = {}) => {
  const signed: SignedItem = {
    ...{ pspReference: '7914073381342284', originalReference: '', merchantAccountCode: 'DefterTR' },
    ...{ merchantReference: operationId, value: '1080', currency: 'TRY' },
    ...{ eventCode: 'CAPTURE', success: 'true', ...changes },
  };
  const { value, currency, ...rest } = signed;
  return {
    NotificationRequestItem: {
      ...{ ...rest, amount: { value: Number.parseInt(value, 10), currency } },
      ...{ eventDate: '2026-01-01T10:00:00+01:00', paymentMethod: 'visa', reason: '033899:1111' },
      additionalData: { hmacSignature: digestOf(signed, key.secret)?.toString('base64'), shopperName: 'x' },
    },
  };
};

const sample = (operationId: string, items: readonly object[]): WebhookSample => ({
  request: {
    ...{ path: '/api/v1/payments/webhook/adyen/c_adyen', headers: {} },
    body: Buffer.from(JSON.stringify({ live: 'false', notificationItems: items })),
  },
  ...{ connectionId: 'c_adyen', sentAt: new Date(), key, events: items.length },
  ...{ signatureField: 'hmacSignature', typeField: 'eventCode' },
  facts: {
    ...{ operationId, providerRef: '7914073381342284', kind: 'capture', result: 'succeeded' },
    ...{ amountMinor: 1_080n, currency: 'TRY' },
  },
});

const subject: ConformanceSubject = {
  provider: adyen,
  call: () => ({ baseUrl: 'http://127.0.0.1:9', apiKey: 'unused', timeoutMs: 1_000 }),
  operation: () => ({
    ...{ operationId: newId('op'), kind: 'sale', amountMinor: 1_080n, currency: 'TRY', customerId: '42' },
    ...{ reference: 'order 7', metadata: {} },
  }),
  webhook: async () => {
    const operationId = newId('op');
    return sample(operationId, [item(operationId)]);
  },
};

const batch: ConformanceSubject['webhook'] = async () => {
  const operationId = newId('op');
  const others = ['8814073381342284', '9914073381342284'].map((pspReference) =>
    item(newId('op'), { pspReference, originalReference: '7914073381342284', eventCode: 'REFUND' }),
  );
  return sample(operationId, [item(operationId), ...others]);
};

describe('the adapter of Adyen, which only reads webhooks', () => {
  for (const { name, run } of conformanceCases(subject)) it(name, run);
});

describe('a batch', () => {
  for (const { name, run } of webhookCases({ ...subject, webhook: batch })) it(name, run);
});

describe('the kit notices in the adapter of Adyen that', () => {
  it.each(conformanceBugs.filter(({ fits }) => fits(adyen)).map((bug) => [bug.bug, bug] as const))(
    '%s',
    async (_, { spoil, caughtBy }) => {
      const cases = conformanceCases({ ...subject, provider: spoil(adyen) });
      const catcher = cases.find(({ name }) => name.startsWith(caughtBy));
      await expect(catcher?.run()).rejects.toThrow();
    },
  );
});
