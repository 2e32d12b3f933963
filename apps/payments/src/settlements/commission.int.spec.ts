import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { TestPayments } from '../testing/test-payments.js';

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start();
});
afterAll(() => payments.stop());

const postingsOf = async (id: string): Promise<readonly string[]> => {
  const [command] = await payments.rows<{ body: string }>('select body from outbox where message_id = $1', [
    id,
  ]);
  const { postings } = JSON.parse(command?.body ?? '{"postings":[]}');
  return postings.map((posting: Record<string, string>) =>
    [posting['source'], posting['destination'], posting['amount'], posting['asset']].join(' '),
  );
};
const sale = {
  amount_minor: 1100,
  currency: 'TRY',
  customer_id: '42',
  merchant_id: 'm1',
  payment_method: 'tok',
};
const captured = async (change: object) => {
  const body = { ...sale, confirm: true, ...change };
  const { body: intent } = await payments.call('POST', '/v1/payment_intents', { body });
  return eventually(async () => {
    const { body: now } = await payments.call('GET', `/v1/payment_intents/${intent.id}`);
    expect(now.bookings).toHaveLength(1);
    return now;
  });
};

describe("a merchant's sale", () => {
  it('is one transaction: payable, reserve, commission, VAT, surcharge, and the fee', async () => {
    const { bookings, attempts } = await captured({
      merchant_reference: 's-1',
      instalment_surcharge_minor: 100,
    });
    expect(attempts[0]).toMatchObject({ fee_minor: 28, split: { payable_minor: 830 } });
    expect(await postingsOf(bookings[0].id)).toEqual([
      'psp:c_one:receivable merchants:m1:payable 830 TRY/2',
      'psp:c_one:receivable merchants:m1:reserve 50 TRY/2',
      'psp:c_one:receivable fees:commission 100 TRY/2',
      'psp:c_one:receivable fees:vat 20 TRY/2',
      'psp:c_one:receivable fees:instalments 100 TRY/2',
      'fees:provider psp:c_one:receivable 28 TRY/2',
    ]);
  });

  it('leaves the fractions to the account of remainders; of 1 unit nothing is lost', async () => {
    const odd = await captured({ merchant_reference: 's-2', amount_minor: 33 });
    expect(await postingsOf(odd.bookings[0].id)).toEqual([
      'psp:c_one:receivable merchants:m1:payable 27 TRY/2',
      'psp:c_one:receivable merchants:m1:reserve 2 TRY/2',
      'psp:c_one:receivable fees:commission 3 TRY/2',
      'psp:c_one:receivable fees:vat 1 TRY/2',
      'fees:provider psp:c_one:receivable 1 TRY/2',
    ]);
    const one = await captured({ merchant_reference: 's-3', amount_minor: 1 });
    expect(await postingsOf(one.bookings[0].id)).toEqual(['psp:c_one:receivable fees:rounding 1 TRY/2']);
  });
});
