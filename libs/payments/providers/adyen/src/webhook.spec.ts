import { describe, expect, it } from '@jest/globals';
import { webhook } from './webhook.js';
import { digestOf, type SignedItem } from './wire.js';

const key = { id: 'key_1', secret: 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00' };
const knownSignature = 'ipnxGCaUZ4l8TUW75a71/ghd2Fe5ffvX0pV4TLTntIc=';
/** Signed as `pspReference:originalReference:merchantAccount:reference:1000:EUR:EVENT:true`. */
const signed: SignedItem = {
  ...{ pspReference: 'pspReference', originalReference: 'originalReference' },
  ...{ merchantAccountCode: 'merchantAccount', merchantReference: 'reference' },
  ...{ value: '1000', currency: 'EUR', eventCode: 'EVENT', success: 'true' },
};
const item = (hmacSignature: string, changes: Partial<SignedItem> = {}) => {
  const { value, currency, ...rest } = { ...signed, ...changes };
  const amount = { value: Number.parseInt(value, 10), currency };
  return { NotificationRequestItem: { ...rest, amount, additionalData: { hmacSignature } } };
};
const request = (...items: readonly object[]) => ({
  ...{ path: '/api/v1/payments/webhook/adyen/c_1', headers: {} },
  body: Buffer.from(JSON.stringify({ live: 'false', notificationItems: items })),
});
const verify = (...items: readonly object[]) => webhook.verify(request(...items), [key], new Date());
const own = (changes: Partial<SignedItem>) =>
  item(digestOf({ ...signed, ...changes }, key.secret)?.toString('base64') ?? '', changes);

describe('the signature of Adyen', () => {
  it('is the known answer', () =>
    expect(verify(item(knownSignature))).toEqual({ valid: true, keyId: 'key_1' }));

  it('that is 44 times A is false, without a throw', () =>
    expect(verify(item('A'.repeat(44)))).toEqual({ valid: false, reason: 'signature_mismatch' }));

  it('is asked of every item of a batch', () => {
    expect(verify(own({}), own({ pspReference: 'other' })).valid).toBe(true);
    expect(verify(own({}), item(knownSignature, { pspReference: 'other' })).valid).toBe(false);
    expect(verify(own({}), item('', { pspReference: 'other' }))).toEqual({
      ...{ valid: false, reason: 'signature_missing' },
    });
    expect(verify()).toEqual({ valid: false, reason: 'body_malformed' });
  });
});

describe('a notification of Adyen', () => {
  it('is an event each, with the signed amount and under a key of signed fields', () => {
    const events = webhook.normalize(request(own({ eventCode: 'REFUND' }), own({ pspReference: 'other' })));
    expect(events).toHaveLength(2);
    expect(events[0]?.facts).toEqual({
      ...{ operationId: 'reference', providerRef: 'pspReference', kind: 'refund', result: 'succeeded' },
      ...{ amountMinor: 1_000n, currency: 'EUR' },
    });
    expect(events[1]?.facts).toBeUndefined();
    expect(events.map(({ uniqueKey }) => uniqueKey)).toEqual([
      '["pspReference","REFUND","true","1000","EUR"]',
      '["other","EVENT","true","1000","EUR"]',
    ]);
  });

  it('with the separator inside a field has no facts: it could be another field', () => {
    // Signed the same: `a:b` + `c` and `a` + `b:c`.
    const one = own({ eventCode: 'CAPTURE', merchantAccountCode: 'a:b', merchantReference: 'c' });
    const other = own({ eventCode: 'CAPTURE', merchantAccountCode: 'a', merchantReference: 'b:c' });
    expect(verify(one).valid && verify(other).valid).toBe(true);
    for (const event of webhook.normalize(request(one, other))) expect(event.facts).toBeUndefined();
  });

  it.each([
    ['AUTHORISATION', 'false', 'authorize', 'declined'],
    ['CAPTURE_FAILED', 'true', 'capture', 'failed'],
    ['CHARGEBACK', 'true', 'chargeback', 'succeeded'],
  ])('%s with success %s is about a %s that %s', (eventCode, success, kind, result) =>
    expect(webhook.normalize(request(own({ eventCode, success })))[0]?.facts).toMatchObject({ kind, result }),
  );
});
