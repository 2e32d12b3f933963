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
const approved = async (reference: string, amount_minor: number): Promise<string> => {
  const wish = { connection_id: 'c_one', reference, amount_minor, currency: 'TRY' };
  const { body } = await payments.call('POST', '/v1/settlements', { body: wish, token: tokens.mehmet });
  const approval = { body: { payload_hash: body.payload_hash }, token: tokens.ayse };
  const answer = await payments.call('POST', `/v1/settlements/${body.id}/approve`, approval);
  expect(answer.status).toBe(200);
  return `settlement:${body.id}`;
};
const bookedAs = (bookingId: string, sequence: number) => ({
  ...{ bookingId, sequence, transactionId: sequence, effect: null },
});
const olderBy = (bookingId: string, minutes: number): Promise<unknown> =>
  payments.rows(
    `update booking set requested_at = requested_at - $2::int * interval '1 minute' where booking_id = $1`,
    [bookingId, minutes],
  );

it('an approved settlement counts until the ledger has answered; the oldest says how long', async () => {
  expect(await waiting()).toEqual({ settlement: 0 });
  const [first, second] = [await approved('metric-1', 1_072), await approved('metric-2', 2_300)];
  await olderBy(first, 20);
  await olderBy(second, 10);
  const { settlement: oldest = 0 } = await waiting();
  expect(oldest).toBeGreaterThanOrEqual(1_200);
  expect(oldest).toBeLessThan(1_800);
  await markBooked(payments.database.database, TENANT, [bookedAs(first, 1)]);
  const { settlement: next = 0 } = await waiting();
  expect(next).toBeGreaterThanOrEqual(600);
  expect(next).toBeLessThan(1_200);
  await markBooked(payments.database.database, TENANT, [bookedAs(second, 2)]);
  expect(await waiting()).toEqual({ settlement: 0 });
});
