import { describe, expect, it } from '@jest/globals';
import { webhook } from './webhook.js';

const key = { id: 'key_1', secret: 'defter-test-secret' };
const now = new Date();
const signature = '51a10079fa9efe1b8e101254eac9accfbbe091985019df38282bcfc59bed20ea';
const request = (body: object, given = signature) => ({
  path: '/api/v1/payments/webhook/iyzico/c_1',
  headers: { 'x-iyz-signature-v3': given },
  body: Buffer.from(JSON.stringify(body)),
});
const known = {
  ...{ iyziEventType: 'THREE_DS_AUTH', paymentId: '22416035', paymentConversationId: 'conv-1' },
  status: 'SUCCESS',
};
const shifted = { ...known, paymentId: '2241603', paymentConversationId: '5conv-1' };

describe('the signature of iyzico', () => {
  it('is the known answer for the direct form, with an id as text or number', () => {
    const valid = { valid: true, keyId: 'key_1' };
    expect(webhook.verify(request(known), [key], now)).toEqual(valid);
    expect(webhook.verify(request({ ...known, paymentId: 22_416_035 }), [key], now)).toEqual(valid);
  });

  it('cannot tell where one id ends: the event is a pair that must be known, with a key of its own', () => {
    expect(webhook.verify(request(shifted), [key], now).valid).toBe(true);
    const [genuine] = webhook.normalize(request(known));
    const [moved] = webhook.normalize(request(shifted));
    expect(genuine?.facts).toMatchObject({
      operationId: 'conv-1',
      providerRef: '22416035',
      signedAsPair: true,
    });
    expect(moved?.facts).toMatchObject({
      operationId: '5conv-1',
      providerRef: '2241603',
      signedAsPair: true,
    });
    expect(moved?.uniqueKey).not.toBe(genuine?.uniqueKey);
  });

  it('of one form proves nothing in another: the fields that are there say the form', () => {
    // The digits of the payment, split so that the hosted form signs the same text.
    const { paymentId: _, ...rest } = known;
    const hosted = { ...rest, iyziPaymentId: '2241', token: '6035' };
    expect(webhook.verify(request(hosted), [key], now).valid).toBe(true);
    const [event] = webhook.normalize(request(hosted));
    expect(event?.facts).toMatchObject({ providerRef: '2241', signedAsPair: true });
    expect(event?.uniqueKey).not.toBe(webhook.normalize(request(known))[0]?.uniqueKey);
  });

  it('of a subscription needs the merchant id of the key', () => {
    const body = {
      ...{ iyziEventType: 'subscription.order.success', subscriptionReferenceCode: 's' },
      ...{ orderReferenceCode: 'o', customerReferenceCode: 'c' },
    };
    expect(webhook.verify(request(body), [key], now).valid).toBe(false);
  });

  it('says why it refuses', () => {
    const reasons = [
      webhook.verify({ ...request(known), headers: {} }, [key], now),
      webhook.verify(request(known, signature.toUpperCase()), [key], now),
      webhook.verify(request({ ...known, status: 'FAILURE' }), [key], now),
      webhook.verify(request({ hello: 'world' }), [key], now),
    ].map((verdict) => ('reason' in verdict ? verdict.reason : 'valid'));
    expect(reasons).toEqual([
      ...['signature_missing', 'signature_mismatch', 'signature_mismatch', 'body_malformed'],
    ]);
  });
});

describe('an event of iyzico', () => {
  it.each([
    ['THREE_DS_AUTH', 'SUCCESS', 'succeeded'],
    ['THREE_DS_AUTH', 'FAILURE', 'declined'],
    ['THREE_DS_AUTH', 'INIT_THREEDS', undefined],
    // The payer's step at their bank is over, not the payment.
    ['THREE_DS_CALLBACK', 'SUCCESS', undefined],
    ['REFUND_RETRY_SUCCESS', 'SUCCESS', undefined],
  ])('%s, %s: %s', (iyziEventType, status, result) =>
    expect(webhook.normalize(request({ ...known, iyziEventType, status }))[0]?.facts?.result).toBe(result),
  );

  it('never has an amount, a currency or a time among its facts', () => {
    const body = { ...known, price: '1.0', paidPrice: '1.0', currency: 'TRY', iyziEventTime: 1 };
    const [event] = webhook.normalize(request(body));
    expect(Object.keys(event?.facts ?? {}).sort()).toEqual([
      ...['kind', 'operationId', 'providerRef', 'result', 'signedAsPair'],
    ]);
    expect(event?.occurredAt).toBeUndefined();
    expect(event?.untrusted).toMatchObject({ price: '1.0', currency: 'TRY' });
  });
});
