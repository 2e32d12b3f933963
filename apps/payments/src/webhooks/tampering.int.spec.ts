import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  fieldsOf,
  flipped,
  type PaymentProvider,
  type RawRequest,
  type SigningKey,
  withField,
} from '@defter/payments-contracts';
import { iyzico } from '@defter/provider-iyzico';
import { paytr } from '@defter/provider-paytr';
import { eventually } from '@defter/testing';
import type { ProviderEventV1 } from '@defter/webhooks-contracts';
import { TestPayments } from '../testing/test-payments.js';

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start();
});
afterAll(() => payments.stop());

const secret = 'defter-test-secret';
const key: SigningKey = { id: 'key_1', secret, parameters: { salt: 'defter-salt', merchantId: '1' } };
const hmac = (text: string) => createHmac('sha256', secret).update(text);
const requestOf = (body: string, signature = ''): RawRequest => ({
  path: '/',
  headers: { 'x-iyz-signature-v3': signature },
  body: Buffer.from(body),
});

/** A genuine "it was paid" of each scheme that signs no money, about this operation. */
const schemes: Readonly<Record<string, { provider: PaymentProvider; paid: (id: string) => RawRequest }>> = {
  'iyzico direct': {
    provider: iyzico,
    paid: (id) => {
      const body = { iyziEventType: 'API_AUTH', paymentId: '22416035', paymentConversationId: id };
      const signature = hmac(`${secret}API_AUTH22416035${id}SUCCESS`).digest('hex');
      return requestOf(JSON.stringify({ ...body, status: 'SUCCESS', ...unsigned }), signature);
    },
  },
  'iyzico hosted': {
    provider: iyzico,
    paid: (id) => {
      const body = { iyziEventType: 'CHECKOUT_FORM_AUTH', iyziPaymentId: '22416035', token: '7tok' };
      const signature = hmac(`${secret}CHECKOUT_FORM_AUTH224160357tok${id}SUCCESS`).digest('hex');
      const signed = { ...body, paymentConversationId: id, status: 'SUCCESS' };
      return requestOf(JSON.stringify({ ...signed, ...unsigned }), signature);
    },
  },
  paytr: {
    provider: paytr,
    paid: (id) => {
      const oid = id.replace('_', '');
      const hash = hmac(`${oid}defter-saltsuccess1000`).digest('base64');
      const form = { hash, merchant_oid: oid, status: 'success', total_amount: '1000', ...unsigned };
      return requestOf(new URLSearchParams({ ...form, currency: 'TL' }).toString());
    },
  },
};
const unsigned = { price: '10.00', paidPrice: '10.00', currency: 'TRY', time: '1760000000000' };

const pendingIntent = async (reference: string) => {
  const { body: intent } = await payments.call('POST', '/v1/payment_intents', {
    body: {
      ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: reference },
      ...{ confirm: true, payment_method: 'tok', metadata: { 'test.answer': 'pending' } },
    },
  });
  const { id } = intent as { id: string };
  const operationId = intent.attempts[0].operation_id as string;
  await eventually(async () => expect((await stateOf(id)).result).toBe('pending'));
  return { id, operationId };
};
const stateOf = async (id: string) => {
  const { body } = await payments.call('GET', `/v1/payment_intents/${id}`);
  return { status: body.status as string, result: body.attempts[0].result as string };
};
const bookingsOf = (ownerId: string) => payments.rows('select 1 from booking where owner_id = $1', [ownerId]);

/** What the ingress publishes of a request. */
const messagesOf = (provider: PaymentProvider, raw: RawRequest): Partial<ProviderEventV1>[] => {
  const verified = provider.webhook.verify(raw, [key], new Date()).valid;
  return provider.webhook.normalize(raw).map(({ facts, ...event }) => {
    const { amountMinor, feeMinor: _, ...rest } = facts ?? { kind: 'sale', result: 'succeeded' };
    const money = amountMinor === undefined ? {} : { amountMinor: amountMinor.toString() };
    const { providerType, untrusted } = event;
    return { verified, providerType, untrusted, ...(facts && { facts: { ...rest, ...money } }) };
  });
};
const readable = (provider: PaymentProvider, raw: RawRequest): Partial<ProviderEventV1>[] => {
  try {
    return messagesOf(provider, raw);
  } catch {
    return [];
  }
};

describe.each(Object.entries(schemes))('%s', (name, { provider, paid }) => {
  it('whatever is changed in it, no money moves: the provider is asked, and its answer decides', async () => {
    const { id, operationId } = await pendingIntent(`tampered ${name}`);
    const genuine = paid(operationId);
    const changed = fieldsOf(genuine.body).flatMap((field) =>
      [flipped(field.value), undefined, '1'].map((value) => ({
        ...genuine,
        body: withField(genuine.body, field, value),
      })),
    );
    const before = lookups(operationId);
    const events = [genuine, ...changed].flatMap((raw) => readable(provider, raw));
    expect(events.filter(({ verified }) => verified).length).toBeGreaterThan(unsignedCount);
    await payments.hear(...events);
    await heardUpTo(operationId, `marker ${name}`);
    expect(await stateOf(id)).toEqual({ status: 'processing', result: 'pending' });
    expect(await bookingsOf(id)).toEqual([]);
    await eventually(() => expect(lookups(operationId)).toBeGreaterThan(before));

    payments.provider.finish(operationId, 'succeeded');
    await payments.hear(...messagesOf(provider, genuine));
    await eventually(async () => expect((await stateOf(id)).status).toBe('succeeded'));
  });
});

describe('iyzico signs its ids run together:', () => {
  it('a character moved from the conversation to the payment, or back, finds no operation', async () => {
    const { id, operationId } = await pendingIntent('shifted');
    const genuine = schemes['iyzico direct']?.paid(operationId) ?? requestOf('');
    const text = new TextDecoder().decode(genuine.body);
    const shifted = text.replace('22416035', '2241603').replace(operationId, `5${operationId}`);
    const raw = { ...genuine, body: Buffer.from(shifted) };
    const [event] = messagesOf(iyzico, raw);
    expect(event).toMatchObject({ verified: true, facts: { operationId: `5${operationId}` } });
    await payments.hear({ ...event, eventId: 'evt_shifted' });
    await eventually(async () =>
      expect(
        await payments.rows('select reason from parked_event where event_id = $1', ['evt_shifted']),
      ).toEqual([{ reason: 'unknown operation' }]),
    );
    expect(await stateOf(id)).toEqual({ status: 'processing', result: 'pending' });
  });

  it('a payment that declined is only believed when both its ids are those that we know', async () => {
    const { id, operationId } = await pendingIntent('both ids');
    const about = (providerRef: string, declineCode: string) => ({
      verified: true,
      facts: {
        ...({ kind: 'sale', result: 'declined', signedAsPair: true } as const),
        ...{ operationId, providerRef, declineCode },
      },
    });
    await payments.hear(about('another payment', 'forged'));
    await heardUpTo(operationId, 'marker both ids');
    expect(await stateOf(id)).toEqual({ status: 'processing', result: 'pending' });
    await payments.hear(about(`ref_${operationId}`, 'lost_card'));
    await eventually(async () => expect((await stateOf(id)).result).toBe('declined'));
  });
});

const unsignedCount = Object.keys(unsigned).length;
const lookups = (operationId: string): number =>
  payments.provider.calls.filter((call) => call === `lookup ${operationId}`).length;

/** Everything about this operation that was sent before has been handled. */
async function heardUpTo(operationId: string, eventId: string): Promise<void> {
  // About another kind, so it is parked; and behind the others, because it has their key.
  await payments.hear({ eventId, facts: { operationId, kind: 'refund', result: 'succeeded' } });
  await eventually(async () =>
    expect(await payments.rows('select 1 from parked_event where event_id = $1', [eventId])).toHaveLength(1),
  );
}
