/** Whoever has `ledger:write` may have used the id of the end of a hold of ours for something else. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { type Answer, TENANT, TestPayments, tokens } from '../testing/test-payments.js';
import { ToldByLedger } from '../testing/told-by-ledger.js';

let payments: TestPayments;
let ledger: ToldByLedger;
beforeAll(async () => {
  payments = await TestPayments.start(['http', 'worker'], { BOOKING_RETRY: '1h' });
  ledger = new ToldByLedger(payments);
});
afterAll(() => payments.stop());

const seen = (path: string, expected: object): Promise<Answer['body']> =>
  eventually(async () => {
    const { body } = await payments.call('GET', path, { token: tokens.ayse });
    expect(body).toMatchObject(expected);
    return body;
  });
const payout = async (answer: string, status: string): Promise<string> => {
  const wish = { amount_minor: 1000, currency: 'TRY', customer_id: '42', destination: 'acct_1' };
  const body = { ...wish, metadata: { 'test.answer': answer } };
  const { body: asked } = await payments.call('POST', '/v1/payouts', { body });
  const approval = { body: { payload_hash: asked.payload_hash }, token: tokens.ayse };
  await payments.call('POST', `/v1/payouts/${asked.id}/approve`, approval);
  await seen(`/v1/payouts/${asked.id}`, { status });
  return asked.id;
};
let orders = 0;
const captured = async () => {
  const order = { amount_minor: 1000, currency: 'TRY', customer_id: '42', confirm: true };
  const body = { ...order, merchant_reference: `ends-${++orders}`, payment_method: 'tok_visa' };
  const { body: intent } = await payments.call('POST', '/v1/payment_intents', { body });
  const path = `/v1/payment_intents/${intent.id}`;
  const paid = await seen(path, { status: 'succeeded', bookings: [{ state: 'requested' }] });
  await ledger.booked(paid.bookings[0].id);
  return seen(path, { bookings: [{ state: 'booked' }] });
};
const bookings = (ownerId: string): Promise<readonly object[]> =>
  payments.rows(
    `select booking_id as id, state, made_good from booking where owner_id = $1 order by requested_at`,
    [ownerId],
  );
const becomes = (ownerId: string, expected: readonly object[]) =>
  eventually(async () => expect(await bookings(ownerId)).toMatchObject(expected));
/** They end the hold under our key: so much of it, the rest goes back. */
const theirs = (type: string, reference: string, amount: string) => ({
  type,
  data: {
    ...{ transactionId: 1, reference, closed: true },
    postings: [{ source: 'users:42:main', destination: 'psp:c_one:receivable', amount, asset: 'TRY/2' }],
  },
});

describe.each([
  ['post', 'succeeded', 'paid', 'HoldPosted'],
  ['void', 'declined', 'failed', 'HoldVoided'],
])('the %s of a payout', (kind, answer, status, type) => {
  it('is booked when all of the hold is moved, and not when a kuruş is', async () => {
    const [id, other] = [await payout(answer, status), await payout(answer, status)];
    await ledger.did(`payout:${id}:${kind}`, theirs(type, `payout:${id}`, '1'));
    await ledger.booked(`payout:${other}:${kind}`);
    await becomes(other, [{ state: 'booked' }]);
    await becomes(id, [{ state: 'requested' }]);
  });

  it('whose key was used ends the hold under the next one, and calls nobody', async () => {
    const id = await payout(answer, status);
    const first = `payout:${id}:${kind}`;
    await ledger.refused(first);
    await becomes(id, [{ id: first, state: 'refused', made_good: true }, { id: `${first}:2` }]);
    await ledger.refused(`${first}:2`);
    await becomes(id, [{ state: 'refused' }, { state: 'refused', made_good: true }, { id: `${first}:3` }]);
    await ledger.booked(`${first}:3`);
    await becomes(id, [{ state: 'refused' }, { state: 'refused' }, { state: 'booked' }]);
    await seen(`/v1/payouts/${id}`, { status, needs_attention: [], is_stuck: false });
  });
});

it('a payout that a process of before left with its hold is ended all the same', async () => {
  const id = await payout('succeeded', 'paid');
  const first = `payout:${id}:post`;
  await payments.rows(
    `update booking set state = 'refused', refusal = 'idempotency-key-conflict', answered_at = now()
      where tenant_id = $1 and booking_id = $2`,
    [TENANT, first],
  );
  await becomes(id, [
    { id: first, made_good: true },
    { id: `${first}:2`, state: 'requested' },
  ]);
});

describe('the post of a refund and of a lost dispute', () => {
  it('of a refund is asked for under the next key, and its wallet is not debited twice', async () => {
    const intent = await captured();
    const asked = { body: { payment_intent: intent.id, amount_minor: 300 } };
    const { body: refund } = await payments.call('POST', '/v1/refunds', asked);
    const { operation } = await seen(`/v1/refunds/${refund.id}`, { status: 'succeeded' });
    const first = `refund:${operation.operation_id}:post`;
    await ledger.did(first, theirs('HoldPosted', `refund:${operation.operation_id}`, '1'));
    await ledger.refused(first);
    await becomes(intent.id, [
      { state: 'booked' },
      { state: 'refused', made_good: true },
      { id: `${first}:2` },
    ]);
    await ledger.booked(`${first}:2`);
    await becomes(intent.id, [{ state: 'booked' }, { state: 'refused' }, { state: 'booked' }]);
    await seen(`/v1/payment_intents/${intent.id}`, { needs_attention: [] });
  });

  it('of a dispute is asked for under the next key, and nobody owes it', async () => {
    const intent = await captured();
    const told = (result: 'pending' | 'succeeded') =>
      payments.hear({
        providerType: 'dispute',
        facts: {
          ...{
            operationId: intent.attempts[0].operation_id,
            providerRef: 'dp_1',
            kind: 'chargeback',
            result,
          },
          ...{ amountMinor: '1000', currency: 'TRY' },
        },
      });
    await told('pending');
    await becomes(intent.id, [{ state: 'booked' }, { state: 'requested' }]);
    const { disputes } = await seen(`/v1/payment_intents/${intent.id}`, { disputes: [{}] });
    const reference = `dispute:${disputes[0].operation.operation_id}`;
    await ledger.booked(`${reference}:hold`);
    await told('succeeded');
    await becomes(intent.id, [{ state: 'booked' }, { state: 'booked' }, { id: `${reference}:post` }]);
    await ledger.did(`${reference}:post`, theirs('HoldPosted', reference, '999'));
    await ledger.refused(`${reference}:post`);
    await becomes(intent.id, [{}, {}, { state: 'refused' }, { id: `${reference}:post:2` }]);
    await ledger.booked(`${reference}:post:2`);
    await becomes(intent.id, [{}, {}, { state: 'refused' }, { state: 'booked' }]);
  });
});
