import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TENANT, TestPayments, tokens } from '../testing/test-payments.js';
import { markBooked } from './booking-row.js';

/** The ledger's answers are never put on Kafka here, and nobody asks it within the test. */
let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start(['http', 'worker'], { BOOKING_RETRY: '1h' });
});
afterAll(() => payments.stop());

/** Seconds by kind. */
const waiting = async (): Promise<Record<string, number>> => {
  const metrics = await (await fetch(`${payments.instances[0]?.managementUrl}/metrics`)).text();
  const samples = metrics.matchAll(/^defter_payments_booking_waiting_seconds\{([^}]*)\} (\S+)$/gm);
  return Object.fromEntries(
    [...samples].map(([, labels = '', value = '']) => [
      /kind="(\w+)"/.exec(labels)?.[1] ?? '',
      parseFloat(value),
    ]),
  );
};
const approved = async (reference: string): Promise<string> => {
  const wish = { connection_id: 'c_one', reference, amount_minor: 1072, currency: 'TRY' };
  const { body } = await payments.call('POST', '/v1/settlements', { body: wish, token: tokens.mehmet });
  const approval = { body: { payload_hash: body.payload_hash }, token: tokens.ayse };
  const answer = await payments.call('POST', `/v1/settlements/${body.id}/approve`, approval);
  expect(answer.status).toBe(200);
  return `settlement:${body.id}`;
};
/** A settlement's booking that was asked for so long ago. */
const asked = async (bookingId: string, minutes: number): Promise<string> => {
  await payments.rows(
    `insert into booking (tenant_id, booking_id, owner_id, kind, requested_at)
     values ($1, $2, $2, 'settlement', clock_timestamp() - $3::int * interval '1 minute')`,
    [TENANT, bookingId, minutes],
  );
  return bookingId;
};
const answered = (bookingId: string, sequence: number): Promise<unknown> =>
  markBooked(payments.database.database, TENANT, [
    { bookingId, sequence, transactionId: sequence, effect: null },
  ]);

it('an approved settlement counts until the ledger has answered; the oldest says how long', async () => {
  expect(await waiting()).toEqual({ settlement: 0 });
  const now = await approved('metric-1');
  const { settlement: fresh = 0 } = await waiting();
  expect(fresh).toBeGreaterThan(0);
  expect(fresh).toBeLessThan(600);
  const [first, second] = [await asked('settlement:old-1', 20), await asked('settlement:old-2', 10)];
  const { settlement: oldest = 0 } = await waiting();
  expect(oldest).toBeGreaterThanOrEqual(1_200);
  await answered(first, 1);
  const { settlement: next = 0 } = await waiting();
  expect(next).toBeGreaterThanOrEqual(600);
  expect(next).toBeLessThan(1_200);
  for (const [index, each] of [second, now].entries()) await answered(each, index + 2);
  expect(await waiting()).toEqual({ settlement: 0 });
});
