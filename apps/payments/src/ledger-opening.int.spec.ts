import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { TestPayments, tokens } from './testing/test-payments.js';

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start(['http']);
});
afterAll(() => payments.stop());

const payout = (idempotencyKey: string) =>
  payments.call('POST', '/v1/payouts', {
    ...{ token: tokens.mehmet, idempotencyKey },
    body: { amount_minor: 100, currency: 'TRY', customer_id: '42', destination: 'acct_1' },
  });

it('nothing is booked in a ledger whose refusals are not for ever, until they are', async () => {
  // Somebody has opened it, and lets refused keys be tried again.
  payments.ledger.opened.push('/v2/main');
  payments.ledger.refusals = 'retryable';
  expect((await payout('opening-1')).status).toBe(503);
  expect(payments.ledger.holds.size).toBe(0);
  payments.ledger.refusals = 'sticky';
  await eventually(async () => expect((await payout('opening-1')).status).toBe(201));
  expect(payments.ledger.holds.size).toBe(1);
});
