import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { TestPayments } from '../testing/test-payments.js';
import { ToldByLedger } from '../testing/told-by-ledger.js';

let payments: TestPayments;
let ledger: ToldByLedger;
beforeAll(async () => {
  payments = await TestPayments.start();
  ledger = new ToldByLedger(payments);
});
afterAll(() => payments.stop());

const booked = (commandId: string) => ledger.booked(commandId);
const refused = (commandId: string) => ledger.refused(commandId, 'account-closed');

let orders = 0;
const captured = async () => {
  const body = {
    ...{
      amount_minor: 1000,
      currency: 'TRY',
      customer_id: '42',
      merchant_reference: `b-${++orders}`,
      confirm: true,
    },
    payment_method: 'tok_visa',
  };
  const { body: intent } = await payments.call('POST', '/v1/payment_intents', { body });
  return eventually(async () => {
    const answer = await payments.call('GET', `/v1/payment_intents/${intent.id}`);
    expect(answer.body.bookings).toHaveLength(1);
    return answer.body;
  });
};
const bookingOf = (id: string, state: string) =>
  eventually(async () => {
    const { body } = await payments.call('GET', `/v1/payment_intents/${id}`);
    expect(body.bookings[0].state).toBe(state);
    return body;
  });

describe('a booking', () => {
  it('is booked when the ledger says so, however often', async () => {
    const { id, bookings } = await captured();
    const first = await booked(bookings[0].id);
    await booked(bookings[0].id);
    const body = await bookingOf(id, 'booked');
    expect(body.bookings[0].ledger_sequence).toBe(first);
    expect(body.needs_attention).toEqual([]);
  });

  it('refused by the ledger calls a person', async () => {
    const { id, bookings } = await captured();
    await refused(bookings[0].id);
    const body = await bookingOf(id, 'refused');
    expect(body.needs_attention).toEqual(['deposit-refused-by-ledger']);
  });
});
