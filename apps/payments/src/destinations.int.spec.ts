import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { showsRegex } from '@defter/testing';
import { TestPayments } from './testing/test-payments.js';

/** Of nobody, and no example either. */
const IBAN = 'TR560006100000000000000042';
const CARD = '4242 4242 4242 4242';

let payments: TestPayments;
let known: { id: string; payload_hash: string };
beforeAll(async () => {
  payments = await TestPayments.start(['http']);
  known = (await request(IBAN)).body;
});
afterAll(() => payments.stop());

const request = (destination: string) => {
  const body = { amount_minor: 1000, currency: 'TRY', customer_id: '42', destination };
  return payments.call('POST', '/v1/payouts', { body });
};
const edit = (destination: string) =>
  payments.call('POST', `/v1/payouts/${known.id}/edit`, {
    body: { payload_hash: known.payload_hash, destination },
  });
const payouts = () => payments.rows('select payout::text as line from payout order by 1');

describe('the destination of a payout', () => {
  it.each([
    ['with a digit mistyped', IBAN.replace(/2$/, '3'), /its check digits don’t fit/],
    ['in groups with two digits turned', 'TR33 0006 1005 1978 6457 8413 62', /its check digits/],
    ['with a digit missing', IBAN.slice(0, -1), /one of TR has 26 characters, this one 25/],
    ['of four characters', 'TR33', /has 12 to 34 letters and digits/],
    ['a card number', CARD, /an IBAN, or an account by its name .* no card number/],
  ])('%s is refused in words, at the request and at an edit', async (_, destination, words) => {
    const before = await payouts();
    for (const { status, body } of [await request(destination), await edit(destination)]) {
      expect([status, body.code]).toEqual([400, 'malformed']);
      expect(body.errors).toMatchObject([
        { loc: ['body', 'destination'], msg: expect.stringMatching(words) },
      ]);
      expect(showsRegex(JSON.stringify(body.errors))).toBe(false);
    }
    expect(await payouts()).toEqual(before);
  });

  it.each([
    ['acct_7', 'acct_7'],
    ['ba-12 b', 'ba-12 b'],
    [IBAN.toLowerCase(), IBAN],
    [IBAN.replaceAll(/(.{4})/g, '$1 ').trim(), IBAN],
  ])('%s may be paid to, and is kept as %s', async (destination, kept) => {
    const { status, body } = await request(destination);
    expect([status, body.destination]).toEqual([201, kept]);
    const { id, payload_hash } = (await request('acct_7')).body;
    const change = { payload_hash, destination };
    const edited = await payments.call('POST', `/v1/payouts/${id}/edit`, { body: change });
    expect([edited.status, edited.body.destination]).toEqual([200, kept]);
  });
});

it.each([
  ['a customer', { customer_id: CARD.replaceAll(' ', '') }],
  ['an address', { success_url: 'https://shop.example/?c=4242424242424242' }],
])('a card number is refused in %s of a session, too', async (_, change) => {
  const body = {
    ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: 'order' },
    ...{ success_url: 'https://shop.example/a', cancel_url: 'http://shop.example/b', ...change },
  };
  expect((await payments.call('POST', '/v1/checkout/sessions', { body })).status).toBe(400);
});

it('a card number is refused as a reason', async () => {
  const path = `/v1/payouts/${known.id}/cancel`;
  expect((await payments.call('POST', path, { body: { reason: CARD } })).status).toBe(400);
});
