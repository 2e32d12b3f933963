import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { TestPayments, tokens } from '../testing/test-payments.js';

const PLACES = 4;

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start(undefined, { PROVIDER_CONCURRENCY: `${PLACES}` });
});
afterAll(() => {
  // Also when the test failed: shutdown waits for calls.
  payments.provider.release();
  return payments.stop();
});

let orders = 0;
const deposit = async (customer: string, token = tokens.machine): Promise<string> => {
  const body = {
    ...{ amount_minor: 1000, currency: 'TRY', customer_id: customer, merchant_reference: `f-${++orders}` },
    ...{ confirm: true, payment_method: 'tok_visa' },
  };
  return (await payments.call('POST', '/v1/payment_intents', { body, token })).body.id;
};
const deposits = (count: number, customer: string, token?: string): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, () => deposit(customer, token)));
const succeeded = (ids: readonly string[], token = tokens.machine): Promise<void> =>
  eventually(async () => {
    for (const id of ids) {
      const { body } = await payments.call('GET', `/v1/payment_intents/${id}`, { token });
      expect(body.status).toBe('succeeded');
    }
  });
const metrics = async (): Promise<string> =>
  (await fetch(`${payments.instances[0]?.managementUrl}/metrics`)).text();
const sent = (): number => payments.provider.calls.filter((call) => call.startsWith('execute')).length;

it('a tenant whose provider hangs holds its part of the places; deposits of the other go on', async () => {
  payments.provider.hanging.add('slow');
  const slow = await deposits(10, 'slow');
  await eventually(() => expect(sent()).toBe(PLACES / 2));
  expect(await metrics()).toMatch(/defter_payments_call_places_used\{connection="c_one"[^}]*\} 2\n/);
  await succeeded(await deposits(10, 'quick', tokens.stranger), tokens.stranger);
  // Nobody of the slow got another place meanwhile, and nobody gave his up.
  expect(sent()).toBe(PLACES / 2 + 10);
  payments.provider.release();
  await succeeded(slow);
  expect(await metrics()).toMatch(
    /defter_payments_provider_calls_total\{connection="c_two",step="send",result="succeeded"[^}]*\} 10\n/,
  );
});

it('what waits for the ledger takes no place of a provider call', async () => {
  payments.ledger.mood = 'says nothing';
  const waiting = Array.from({ length: 2 * PLACES }, () => {
    const body = { amount_minor: 1000, currency: 'TRY', customer_id: '42', destination: 'acct_7' };
    return payments.call('POST', '/v1/payouts', { body });
  });
  for (const { status } of await Promise.all(waiting)) expect(status).toBe(503);
  const askedBefore = payments.ledger.asked;
  await eventually(() => expect(payments.ledger.asked).toBeGreaterThan(askedBefore + PLACES));
  // The sweeper always has more of them under way than there are places.
  await succeeded(await deposits(PLACES, 'quick'));
  payments.ledger.mood = 'well';
});
