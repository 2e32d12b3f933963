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
    ['REFUND', 'false', 'refund', 'failed'],
    ['REFUND_FAILED', 'true', 'refund', 'returned'],
    ['REFUNDED_REVERSED', 'true', 'refund', 'returned'],
    ['PAIDOUT_REVERSED', 'true', 'payout', 'returned'],
    ['NOTIFICATION_OF_CHARGEBACK', 'true', 'chargeback', 'pending'],
    ['CHARGEBACK', 'true', 'chargeback', 'succeeded'],
    ['CHARGEBACK_REVERSED', 'true', 'chargeback', 'returned'],
    ['SECOND_CHARGEBACK', 'true', 'chargeback', 'succeeded'],
    ['REQUEST_FOR_INFORMATION', 'true', 'chargeback', 'pending'],
  ])('%s with success %s is about a %s that %s', (eventCode, success, kind, result) =>
    expect(webhook.normalize(request(own({ eventCode, success })))[0]?.facts).toMatchObject({ kind, result }),
  );

  it('of a dispute names it by its reference, and the payment; a second chargeback is one of its own', () => {
    const factsOf = (eventCode: string) => webhook.normalize(request(own({ eventCode })))[0]?.facts;
    const first = { providerRef: 'originalReference', disputeRef: 'pspReference', amountMinor: 1_000n };
    for (const code of ['NOTIFICATION_OF_CHARGEBACK', 'CHARGEBACK', 'CHARGEBACK_REVERSED'])
      expect(factsOf(code)).toMatchObject(first);
    expect(factsOf('SECOND_CHARGEBACK')).toMatchObject({ ...first, disputeRef: 'pspReference second' });
    expect(factsOf('REQUEST_FOR_INFORMATION')).toMatchObject({ ...first, isInquiry: true });
    expect(factsOf('CHARGEBACK')).not.toHaveProperty('isInquiry');
  });

  it.each([
    ['EVENT', 'true', true],
    ['PREARBITRATION_LOST', 'true', true],
    // A notice of a failure that says of itself that it is none.
    ['REFUND_FAILED', 'false', true],
    ['CHARGEBACK', 'false', true],
    ['REPORT_AVAILABLE', 'true', undefined],
    ['INFORMATION_SUPPLIED', 'true', undefined],
  ])('%s with success %s has no facts; whether people are told: %s', (eventCode, success, unknownType) => {
    const [event] = webhook.normalize(request(own({ eventCode, success })));
    expect(event?.facts).toBeUndefined();
    expect(event?.unknownType).toBe(unknownType);
  });

  it('moves money by its signed fields alone', () => {
    const [plain] = webhook.normalize(request(own({ eventCode: 'CHARGEBACK' })));
    const told = own({ eventCode: 'CHARGEBACK' }).NotificationRequestItem;
    const lying = {
      ...{ ...told, reason: 'CHARGEBACK_REVERSED', eventDate: '2001-01-01T00:00:00+00:00' },
      additionalData: { ...told.additionalData, disputeStatus: 'Won', 'modification.action': 'cancel' },
    };
    const [changed] = webhook.normalize(request({ NotificationRequestItem: lying }));
    expect(changed?.facts).toEqual(plain?.facts);
    expect(changed?.uniqueKey).toBe(plain?.uniqueKey);
  });
});
