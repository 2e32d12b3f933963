import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LedgerTopics } from '@defter/ledger-contracts';
import { toHeaders } from '@defter/platform';
import { eventually } from '@defter/testing';
import { TENANT, TestPayments } from '../testing/test-payments.js';

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start();
});
afterAll(() => payments.stop());

let sequence = 0;
const publish = (topic: string, id: string, type: string, body: object) =>
  payments.messaging.publish([
    {
      topic,
      key: `${TENANT}/main`,
      value: JSON.stringify(body),
      headers: toHeaders({ id, type, source: 'ledger', tenantId: TENANT, time: new Date() }),
    },
  ]);
const booked = (commandId: string) =>
  publish(LedgerTopics.events.name, `${TENANT}/main/${++sequence}`, 'TransactionCreated', {
    ...{ ledger: 'main', sequence, recordedAt: new Date().toISOString(), commandId, balances: [] },
    type: 'TransactionCreated',
    data: {
      transaction: {
        id: sequence,
        status: 'posted',
        postings: [],
        timestamp: new Date().toISOString(),
        metadata: {},
      },
    },
  });
const refused = (commandId: string) =>
  publish(LedgerTopics.refusals.name, `refusal ${commandId}`, 'LedgerRefusal', {
    ...{
      ledger: 'main',
      commandId,
      commandType: 'CreateTransaction',
      code: 'account-closed',
      detail: 'closed',
    },
  });

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
    await booked(bookings[0].id);
    await booked(bookings[0].id);
    const body = await bookingOf(id, 'booked');
    expect(body.bookings[0].ledger_sequence).toBe(sequence - 1);
    expect(body.needs_attention).toEqual([]);
  });

  it('refused by the ledger calls a person', async () => {
    const { id, bookings } = await captured();
    await refused(bookings[0].id);
    const body = await bookingOf(id, 'refused');
    expect(body.needs_attention).toEqual(['deposit-refused-by-ledger']);
  });
});
