import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { TestPayments } from '../testing/test-payments.js';

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start();
});
afterAll(() => payments.stop());

let orders = 0;
const get = async (path: string) => (await payments.call('GET', `/v1/${path}`)).body;
const reach = (path: string, status: string) =>
  eventually(async () => {
    const body = await get(path);
    expect(body.status).toBe(status);
    return body;
  });
const refunded = async (change: object = {}) => {
  const body = {
    ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: `back-${++orders}` },
    ...{ confirm: true, payment_method: 'tok_visa' },
  };
  const { body: intent } = await payments.call('POST', '/v1/payment_intents', { body });
  await reach(`payment_intents/${intent.id}`, 'succeeded');
  await payments.bookDeposits();
  const asked = { body: { payment_intent: intent.id, amount_minor: 300, ...change } };
  const { body: refund } = await payments.call('POST', '/v1/refunds', asked);
  return { intentId: intent.id as string, id: refund.id as string };
};
type Told = 'succeeded' | 'failed' | 'returned';
const tell = (operationId: string, ...all: readonly Told[]) =>
  payments.hear(
    ...all.map((result) => ({
      facts: { operationId, kind: 'refund', result, amountMinor: '300', currency: 'TRY' } as const,
    })),
  );
const kindsOf = ({ bookings }: { bookings: { kind: string }[] }) => bookings.map(({ kind }) => kind).sort();

describe('a refund that comes back from the payer weeks later', () => {
  it('is booked in again once, shown, told, and can be given back again', async () => {
    const { intentId, id } = await refunded();
    const { operation } = await reach(`refunds/${id}`, 'succeeded');
    expect(await get(`payment_intents/${intentId}`)).toMatchObject({ amount_refunded_minor: 300 });
    await tell(operation.operation_id, 'returned', 'returned', 'succeeded');
    const back = await reach(`refunds/${id}`, 'returned');
    await eventually(async () => {
      const heard = await payments.rows(
        `select from observation where operation_id = $1 and source = 'webhook'`,
        [operation.operation_id],
      );
      expect(heard).toHaveLength(3);
    });
    expect(kindsOf(await get(`refunds/${id}`))).toEqual(['post', 'return']);
    const [command] = await payments.rows<{ body: string }>('select body from outbox where message_id = $1', [
      `refund:${operation.operation_id}:return`,
    ]);
    expect(JSON.parse(command?.body ?? '')).toMatchObject({
      reference: `refund:${operation.operation_id}:return`,
      postings: [{ source: 'psp:c_one:receivable', destination: 'users:42:main', amount: '300' }],
    });
    expect(back.operation.quarantine).toEqual([]);
    expect(await get(`payment_intents/${intentId}`)).toMatchObject({ amount_refunded_minor: 0 });
    const [message] = await payments.rows<{ body: string }>(
      `select body from outbox where subject = $1 and topic = 'defter.payments.events.v1'
        order by position desc limit 1`,
      [intentId],
    );
    expect(JSON.parse(message?.body ?? '')).toMatchObject({
      refunds: [{ refundId: id, status: 'returned' }],
      refundedMinor: '0',
    });
    const { body: timeline } = await payments.call('GET', `/v1/payment_intents/${intentId}/timeline`);
    const names = timeline.data.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['OperationReturned', 'webhook returned']));
    const again = { body: { payment_intent: intentId, amount_minor: 1000 } };
    expect((await payments.call('POST', '/v1/refunds', again)).status).toBe(201);
  });

  it('leaves the same money in whatever order it is told', async () => {
    const orders: readonly (readonly Told[])[] = [
      ['returned', 'succeeded'],
      ['failed', 'returned'],
      ['failed', 'succeeded', 'returned'],
      ['returned', 'failed'],
    ];
    for (const told of orders) {
      const { id } = await refunded({ metadata: { 'test.answer': 'pending' } });
      const { operation } = await reach(`refunds/${id}`, 'processing');
      await tell(operation.operation_id, ...told);
      await reach(`refunds/${id}`, 'returned');
      await eventually(async () => {
        const heard = await payments.rows(
          `select from observation where operation_id = $1 and source = 'webhook'`,
          [operation.operation_id],
        );
        expect(heard).toHaveLength(told.length);
      });
      const kinds = kindsOf(await get(`refunds/${id}`));
      const count = (...of: readonly string[]) => kinds.filter((kind) => of.includes(kind)).length;
      expect(count('post', 'void')).toBe(1);
      expect(count('post', 'late_debit') - count('return')).toBe(0);
    }
  });
});
