import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { TENANT, TestPayments } from '../testing/test-payments.js';

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start(['http', 'worker'], { BOOKING_RETRY: '1h' });
});
afterAll(() => payments.stop());

const get = async (path: string) => (await payments.call('GET', `/v1/${path}`)).body;
let orders = 0;
const paid = async () => {
  const body = {
    ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: `again-${++orders}` },
    ...{ confirm: true, payment_method: 'tok_visa' },
  };
  const { body: intent } = await payments.call('POST', '/v1/payment_intents', { body });
  return eventually(async () => {
    const now = await get(`payment_intents/${intent.id}`);
    expect(now.status).toBe('succeeded');
    return now;
  });
};
/** What a process of before does with a refusal that it knows nothing to follow from. */
const refuse = (bookingId: string, code: string) =>
  payments.rows(
    `update booking set state = 'refused', refusal = $3, answered_at = now()
      where tenant_id = $1 and booking_id = $2`,
    [TENANT, bookingId, code],
  );
const bookingsOf = (operationId: string, last: string) =>
  eventually(async () => {
    const rows = await payments.rows<{ kind: string }>(
      'select kind from booking where operation_id = $1 order by requested_at',
      [operationId],
    );
    expect(rows.at(-1)?.kind).toBe(last);
    return rows.map(({ kind }) => kind);
  });

describe('a refused debit that a process of before heard of', () => {
  it('of a lost dispute is a debt all the same, once', async () => {
    const { id, attempts } = await paid();
    const told = (result: 'pending' | 'succeeded') =>
      payments.hear({
        providerType: 'dispute',
        facts: {
          ...{ operationId: attempts[0].operation_id, providerRef: 'dp_1', kind: 'chargeback', result },
          ...{ amountMinor: '1000', currency: 'TRY' },
        },
      });
    await told('pending');
    await told('succeeded');
    const operationId = await eventually(async () => {
      const [dispute] = (await get(`payment_intents/${id}`)).disputes;
      expect(dispute?.status).toBe('lost');
      return dispute.operation.operation_id as string;
    });
    expect(await bookingsOf(operationId, 'post')).toEqual(['hold', 'post']);
    await refuse(`dispute:${operationId}:post`, 'hold-already-voided');
    expect(await bookingsOf(operationId, 'late_debit')).toEqual(['hold', 'post', 'late_debit']);
    await refuse(`dispute:${operationId}:late_debit`, 'insufficient-funds');
    // What there is of it is taken at once.
    const kinds = ['hold', 'post', 'late_debit', 'debt', 'recovery'];
    expect(await bookingsOf(operationId, 'recovery')).toEqual(kinds);
  });

  it('of a refund whose hold others had given back is debited late', async () => {
    const intent = await paid();
    await payments.bookDeposits();
    const asked = { body: { payment_intent: intent.id, amount_minor: 300 } };
    const { body: refund } = await payments.call('POST', '/v1/refunds', asked);
    const { operation } = await eventually(async () => {
      const now = await get(`refunds/${refund.id}`);
      expect(now.status).toBe('succeeded');
      return now;
    });
    await refuse(`refund:${operation.operation_id}:post`, 'hold-already-voided');
    expect(await bookingsOf(operation.operation_id, 'late_debit')).toEqual(['post', 'late_debit']);
  });
});
