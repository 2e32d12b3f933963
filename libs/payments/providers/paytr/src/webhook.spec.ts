import { describe, expect, it } from '@jest/globals';
import { toMoney } from './wire.js';
import { webhook } from './webhook.js';

const key = { id: 'key_1', secret: 'defter-merchant-key', parameters: { salt: 'defter-merchant-salt' } };
const now = new Date();
const known = {
  ...{ merchant_oid: 'ORDER0001', status: 'success', total_amount: '3456' },
  hash: 'i/ds7vZ2eAJ5HAaTck+Q+QkBsq4EEGAHlq0J1h51ANg=',
};
const request = (body: string) => ({
  ...{ path: '/api/v1/payments/webhook/paytr/c_1', headers: {}, body: Buffer.from(body) },
});
const form = (fields: Readonly<Record<string, string>>) => request(new URLSearchParams(fields).toString());

describe('the hash of PayTR', () => {
  it('is the known answer', () =>
    expect(webhook.verify(form(known), [key], now)).toEqual({ valid: true, keyId: 'key_1' }));

  it('needs the salt of its key', () => {
    expect(webhook.verify(form(known), [{ id: 'x', secret: key.secret }], now).valid).toBe(false);
    const other = { ...key, parameters: { salt: 'another' } };
    expect(webhook.verify(form(known), [other], now).valid).toBe(false);
  });

  it('is not taken from a form that names a field twice: each reader would take another one', () => {
    const text = new URLSearchParams(known).toString();
    const twice = request(`${text}&total_amount=1`);
    expect(webhook.verify(twice, [key], now)).toEqual({ valid: false, reason: 'body_malformed' });
    expect(() => webhook.normalize(twice)).toThrow('no order');
  });
});

describe('a callback of PayTR', () => {
  it('tells the total without its currency, which nobody signed: it can only cause a look-up', () => {
    const [event] = webhook.normalize(form({ ...known, currency: 'TL', payment_amount: '3456' }));
    expect(event?.facts).toEqual({
      ...{ providerRef: 'ORDER0001', kind: 'sale', result: 'succeeded', amountMinor: 3_456n },
    });
    expect(event?.untrusted).toEqual({ currency: 'TL', payment_amount: '3456' });
  });

  it('names our operation when the order number is one of ours', () => {
    const oid = 'op0198c2d1e0b17c3a9f54c1d2e3f40516';
    const [event] = webhook.normalize(form({ ...known, merchant_oid: oid, status: 'failed' }));
    expect(event?.facts).toMatchObject({
      ...{ operationId: 'op_0198c2d1e0b17c3a9f54c1d2e3f40516', providerRef: oid, result: 'declined' },
    });
  });
});

describe('money of PayTR', () => {
  it.each([
    ['10.8', 'TL', 1_080n, 'TRY'],
    ['10,8', 'TRY', 1_080n, 'TRY'],
    ['1000', 'USD', 100_000n, 'USD'],
  ])('%s %s', (amount, currency, amountMinor, ours) =>
    expect(toMoney(amount, currency)).toEqual({ amountMinor, currency: ours }),
  );

  it.each([
    ['10.801', 'TL'],
    ['1.000,5', 'TL'],
    ['10.8', 'XTS'],
    ['-1', 'TL'],
  ])('%s %s is none', (amount, currency) => expect(toMoney(amount, currency)).toBeUndefined());
});
