/** Whoever has `ledger:write` may have used the id of a booking of ours for something else. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { settling } from '../testing/settling.js';
import { type Answer, TestPayments, tokens } from '../testing/test-payments.js';
import { ToldByLedger } from '../testing/told-by-ledger.js';

let payments: TestPayments;
let ledger: ToldByLedger;
let at: ReturnType<typeof settling>;
beforeAll(async () => {
  payments = await TestPayments.start(['http', 'worker'], { BOOKING_RETRY: '1h' });
  ledger = new ToldByLedger(payments);
  at = settling(payments);
});
afterAll(() => payments.stop());

let orders = 0;
const captured = async () => {
  const order = { amount_minor: 1000, currency: 'TRY', customer_id: '42', confirm: true };
  const body = { ...order, merchant_reference: `f-${++orders}`, payment_method: 'tok_visa' };
  const { body: intent } = await payments.call('POST', '/v1/payment_intents', { body });
  return eventually(async () => {
    const answer = await payments.call('GET', `/v1/payment_intents/${intent.id}`);
    expect(answer.body.bookings).toHaveLength(1);
    return answer.body;
  });
};
const settled = async (reference: string, amount: number) => {
  const { body: asked } = await at.ask(reference, amount);
  const { body: approved } = await at.approve(asked.id, asked.payload_hash);
  expect(approved.status).toBe('approved');
  return asked;
};
const seen = (path: string, expected: object): Promise<Answer['body']> =>
  eventually(async () => {
    const { body } = await payments.call('GET', path);
    expect(body).toMatchObject(expected);
    return body;
  });
/** What the ledger has told so far was heard: an honest booking behind it was. */
const heardAll = async () => {
  const { id, bookings } = await captured();
  await ledger.booked(bookings[0].id);
  await seen(`/v1/payment_intents/${id}`, { bookings: [{ state: 'booked' }] });
};
const theirs = (postings: readonly object[], more: object = {}) => ({
  type: 'TransactionCreated',
  data: { transaction: ledger.transaction(postings, more) },
});

describe('an event under the id of a booking', () => {
  it.each([
    ['another posting', (posting: object) => [{ ...posting, destination: 'users:thief:main' }], {}],
    ['one kuruş less', (posting: object) => [{ ...posting, amount: '7799' }], {}],
    ['the same only as a hold', (posting: object) => [posting], { status: 'pending' }],
    ['the same under another name', (posting: object) => [posting], { reference: 'other' }],
    ['more beside it', (posting: object) => [posting, posting], {}],
  ])('with %s books nothing of ours, and the refusal ends it', async (what, change, more) => {
    const asked = await settled(`foreign ${what}`, 7800 + ++orders);
    const id = `settlement:${asked.id}`;
    const amount = `${asked.amount_minor}`;
    const ours = { source: 'bank:c_one', destination: 'psp:c_one:receivable', amount, asset: 'TRY/2' };
    await ledger.did(id, theirs(change(ours), { reference: id, ...more }));
    await heardAll();
    await seen(`/v1/settlements/${asked.id}`, { status: 'approved', bookings: [{ state: 'requested' }] });
    await ledger.refused(id);
    await seen(`/v1/settlements/${asked.id}`, {
      ...{ status: 'refused', ended_by: 'ledger', end_reason: 'idempotency-key-conflict' },
      bookings: [{ state: 'refused', refusal: 'idempotency-key-conflict' }],
    });
    const reason = expect.stringMatching(
      `the ledger refused .* settlement ${asked.id}.*: idempotency-key-conf`,
    );
    expect(await at.troubles(`foreign ${what}`)).toMatchObject([{ kind: 'settlement_refused', reason }]);
    // Its name is free: a new settlement has a new key.
    const { body: anew } = await at.ask(`foreign ${what}`, asked.amount_minor);
    expect(anew).toMatchObject({ status: 'requested', created: true });
    expect(anew.id).not.toBe(asked.id);
  });

  it('with what was asked for, but in another ledger, books nothing of ours', async () => {
    const asked = await settled('foreign ledger', 7700);
    const id = `settlement:${asked.id}`;
    await ledger.booked(id, { ledger: 'other' });
    await heardAll();
    await seen(`/v1/settlements/${asked.id}`, { bookings: [{ state: 'requested' }] });
    await ledger.booked(id);
    await seen(`/v1/settlements/${asked.id}`, { status: 'approved', bookings: [{ state: 'booked' }] });
  });

  it('with something else leaves a deposit to the refusal, which calls a person', async () => {
    const { id, bookings } = await captured();
    await ledger.did(
      bookings[0].id,
      theirs([{ source: 'world', destination: 'users:thief:main', amount: '1', asset: 'TRY/2' }]),
    );
    await ledger.did(bookings[0].id, {
      type: 'MetadataSet',
      data: { target: 'account', id: 'a', metadata: {} },
    });
    await heardAll();
    await seen(`/v1/payment_intents/${id}`, { bookings: [{ state: 'requested' }] });
    await ledger.refused(bookings[0].id);
    await seen(`/v1/payment_intents/${id}`, { needs_attention: ['deposit-refused-by-ledger'] });
  });
});

describe('a ledger that has the key of something else', () => {
  afterAll(() => {
    payments.ledger.mood = 'well';
  });

  it('refuses a hold for ever: the payout is refused at once, and not asked about again', async () => {
    payments.ledger.mood = 'has the key of something else';
    const body = { amount_minor: 100, currency: 'TRY', customer_id: '42', destination: 'acct_1' };
    const idempotencyKey = 'payout-foreign-key';
    const answer = await payments.call('POST', '/v1/payouts', { body, token: tokens.mehmet, idempotencyKey });
    expect(answer).toMatchObject({
      ...{ status: 422, body: { code: 'hold-refused', reason: 'idempotency-key-conflict' } },
    });
    const rows = await payments.rows(`select status from payout where status = 'reserving'`);
    expect(rows).toEqual([]);
  });
});
