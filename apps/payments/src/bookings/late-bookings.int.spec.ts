import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@defter/platform';
import { eventually } from '@defter/testing';
import { TestPayments } from '../testing/test-payments.js';
import { takeLateBookings } from './late-booking-row.js';

/** The ledger's answers are never put on Kafka here: all of them are lost. */
let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start(['http', 'worker'], { BOOKING_RETRY: '300ms' });
});
afterEach(() => {
  payments.ledger.mood = 'well';
  payments.ledger.available.clear();
});
afterAll(() => payments.stop());

let orders = 0;
const captured = async (): Promise<string> => {
  const body = {
    ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: `late-${++orders}` },
    ...{ confirm: true, payment_method: 'tok_visa' },
  };
  return (await payments.call('POST', '/v1/payment_intents', { body })).body.id;
};
const intentWith = (id: string, state: string) =>
  eventually(async () => {
    const { body } = await payments.call('GET', `/v1/payment_intents/${id}`);
    expect(body.bookings.map((booking: { state: string }) => booking.state)).toEqual([state]);
    return body;
  });
const asksOf = async (ownerId: string) =>
  (
    await payments.rows<{ asks: number; wait: number; sent: string }>(
      `select asks, extract(epoch from ask_due_at - clock_timestamp())::float8 as wait,
              outbox.published_at::text as sent
         from booking join outbox on message_id = booking_id where owner_id = $1`,
      [ownerId],
    )
  )[0];

describe('a booking whose answer got lost', () => {
  it('is settled by asking the ledger under the same key, and nothing is put on Kafka again', async () => {
    payments.ledger.mood = 'dies after holding';
    const id = await captured();
    const sent = await eventually(async () => {
      const row = await asksOf(id);
      expect(row?.asks).toBeGreaterThan(1);
      return row?.sent;
    });
    payments.ledger.mood = 'well';
    const { bookings, needs_attention } = await intentWith(id, 'booked');
    expect(bookings[0].ledger_sequence).toBe(1);
    expect(needs_attention).toEqual([]);
    expect((await asksOf(id))?.sent).toBe(sent);
    const metrics = await (await fetch(`${payments.instances[0]?.managementUrl}/metrics`)).text();
    expect(metrics).toMatch(/defter_payments_bookings_late_total(\{[^}]*\})? [1-9]/);
  });

  it('and was a refusal calls a person', async () => {
    payments.ledger.available.set('psp:c_one:receivable', 999n);
    const { needs_attention } = await intentWith(await captured(), 'refused');
    expect(needs_attention).toEqual(['deposit-refused-by-ledger']);
  });

  it('is asked about ever more rarely while the ledger is away', async () => {
    payments.ledger.mood = 'dies before holding';
    const id = await captured();
    await eventually(async () => {
      const row = await asksOf(id);
      expect(row?.asks).toBe(3);
      // Four times the usual wait, less what has passed of it.
      expect(row?.wait).toBeGreaterThan(0.6);
    });
    payments.ledger.mood = 'well';
    await intentWith(id, 'booked');
  });
});

it('of many late ones a round takes few, the oldest first, of one owner one after the other', async () => {
  const insert = (tenant: string, owner: string, kind: string, ageS: number) =>
    payments.rows(
      `insert into booking (tenant_id, booking_id, owner_id, kind, requested_at)
       values ($1, $2, $3, $4, now() - $5 * interval '1 second')`,
      [tenant, `${owner}:${kind}`, owner, kind, ageS],
    );
  // Of a tenant that no worker serves.
  for (let n = 0; n < 30; n++) await insert('t_gone', `pi_${n}`, 'hold', 900 - n);
  await insert('t_gone', 'pi_0', 'post', 800);
  const database = payments.instances[0]?.get(Database);
  if (database === undefined) throw new Error('no service');
  const take = async () =>
    (await takeLateBookings(database, 't_gone', 60_000)).map(({ bookingId }) => bookingId);
  const first = await take();
  expect(first).toEqual(Array.from({ length: 20 }, (_, n) => `pi_${n}:hold`));
  expect(await take()).toEqual(Array.from({ length: 10 }, (_, n) => `pi_${20 + n}:hold`));
  expect(await take()).toEqual([]);
  await payments.rows(`update booking set state = 'booked', sequence = 1 where booking_id = 'pi_0:hold'`);
  expect(await take()).toEqual(['pi_0:post']);
});
