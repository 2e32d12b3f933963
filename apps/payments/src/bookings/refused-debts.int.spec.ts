import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { LedgerTopics } from '@defter/ledger-contracts';
import { toHeaders } from '@defter/platform';
import { eventually } from '@defter/testing';
import { TENANT, TestPayments } from '../testing/test-payments.js';
import { takeRefusedBookings } from './refused-booking-row.js';

const RETRY_MS = 3_600_000;
let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start(['http', 'worker'], { BOOKING_RETRY: '1h' });
});
afterAll(() => payments.stop());

interface Booking {
  readonly id: string;
  readonly kind: string;
}
const get = async (id: string, instance: number) =>
  (await payments.call('GET', `/v1/payment_intents/${id}`, { instance })).body;
const paid = async () => {
  const body = {
    ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: 'of before' },
    ...{ confirm: true, payment_method: 'tok_visa' },
  };
  const { id } = (await payments.call('POST', '/v1/payment_intents', { body })).body;
  await eventually(async () => expect((await get(id, 0)).status).toBe('succeeded'));
  await payments.bookDeposits();
  return get(id, 0);
};
/** What the ledger, as it is now, says to the command that went to it. */
const answer = async (commandId: string) => {
  const [command] = await payments.rows<{ body: string }>('select body from outbox where message_id = $1', [
    commandId,
  ]);
  const { type: commandType, postings } = JSON.parse(command?.body ?? '');
  if (!payments.ledger.lacks(postings)) return 'booked';
  const body = { ledger: 'main', commandId, commandType, code: 'insufficient-funds', detail: 'no funds' };
  await payments.messaging.publish([
    {
      ...{ topic: LedgerTopics.refusals.name, key: `${TENANT}/main`, value: JSON.stringify(body) },
      headers: toHeaders({
        ...{ id: `refusal ${commandId}`, type: 'x', source: 'ledger', tenantId: TENANT, time: new Date() },
      }),
    },
  ]);
  return 'refused';
};

it('a debt that a ledger of before has no funds for is no loss, but asked again', async () => {
  const { id, attempts } = await paid();
  // Another process, of this version, and a ledger that one of before had opened.
  await payments.instances[0]?.stop();
  payments.instances.length = 0;
  payments.ledger.mayOverdraw.clear();
  payments.ledger.available.set('users:42:main', 0n);
  payments.ledger.mood = 'opens nothing';
  await payments.add(['http', 'worker']);
  const bookings = async (): Promise<readonly Booking[]> => (await get(id, 0)).bookings;
  const lastOf = (kind: string, count = 1): Promise<string> =>
    eventually(async () => {
      const found = (await bookings()).filter((one) => one.kind === kind);
      expect(found).toHaveLength(count);
      return found.at(-1)?.id ?? '';
    });
  const tell = (result: 'pending' | 'succeeded') =>
    payments.hear({
      providerType: 'dispute',
      facts: {
        ...{ operationId: attempts[0].operation_id, providerRef: 'dp_1', kind: 'chargeback', result },
        ...{ amountMinor: '1000', currency: 'TRY' },
      },
    });
  await tell('pending');
  expect(await answer(await lastOf('hold'))).toBe('refused');
  await tell('succeeded');
  expect(await answer(await lastOf('late_debit'))).toBe('refused');
  const debt = await lastOf('debt');
  expect(await answer(debt)).toBe('refused');
  const state = 'select state from booking where booking_id = $1';
  await eventually(async () => expect(await payments.rows(state, [debt])).toEqual([{ state: 'refused' }]));
  expect((await get(id, 0)).needs_attention).toContain('debt-refused-by-ledger');
  const looked = 'select asks from booking where booking_id = $1 and asks > 0';
  await eventually(async () => expect(await payments.rows(looked, [debt])).toHaveLength(1));
  // Its account types come first.
  expect((await bookings()).filter(({ kind }) => kind === 'debt' || kind === 'loss')).toHaveLength(1);
  payments.ledger.mood = 'well';
  await payments.rows('update booking set ask_due_at = now() where booking_id = $1', [debt]);
  const again = await lastOf('debt', 2);
  expect(payments.ledger.mayOverdraw).toContain('users:*:debt');
  expect(await answer(again)).toBe('booked');
  expect((await bookings()).map(({ kind }) => kind)).not.toContain('loss');
  expect((await get(id, 0)).disputes[0]).toMatchObject({ status: 'lost', owed_minor: 1000 });
  // Refused all the same, it isn't asked for again without a pause.
  const refuse = (since: string) =>
    payments.rows(
      `update booking set state = 'refused', refusal = 'insufficient-funds', ask_due_at = null,
              answered_at = now() - $2::interval
        where booking_id = $1`,
      [again, since],
    );
  await refuse('59 minutes');
  const taken = await takeRefusedBookings(payments.database.database, TENANT, RETRY_MS);
  expect(taken.map(({ bookingId }) => bookingId)).not.toContain(again);
  expect((await bookings()).filter(({ kind }) => kind === 'debt')).toHaveLength(2);
  await refuse('61 minutes');
  await lastOf('debt', 3);
});
