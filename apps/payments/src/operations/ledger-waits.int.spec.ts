import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { TestPayments } from '../testing/test-payments.js';

const PLACES = 4;

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start(undefined, { PROVIDER_CONCURRENCY: `${PLACES}` });
});
afterAll(() => payments.stop());

const deposit = async (reference: string): Promise<string> => {
  const body = {
    ...{ amount_minor: 1000, currency: 'TRY', customer_id: 'c', merchant_reference: reference },
    ...{ confirm: true, payment_method: 'tok_visa' },
  };
  return (await payments.call('POST', '/v1/payment_intents', { body })).body.id;
};
const metrics = async (): Promise<string> =>
  (await fetch(`${payments.instances[0]?.managementUrl}/metrics`)).text();

it('operations whose ledger cannot be opened take no place, and it is asked once at a time', async () => {
  payments.ledger.mood = 'opens nothing';
  const ids = await Promise.all(Array.from({ length: 2 * PLACES }, (_, index) => deposit(`w-${index}`)));
  // Through a time-out: the ledger is asked a second time.
  await eventually(
    async () => {
      expect(await metrics()).not.toMatch(/defter_payments_call_places_used\{/);
      expect(payments.ledger.askedToOpen).toBe(2);
    },
    { timeoutMs: 20_000 },
  );
  expect(await metrics()).not.toMatch(/defter_payments_call_places_used\{/);
  const leased = await payments.rows('select from operation where lease_number > 0');
  expect(leased).toHaveLength(0);
  payments.ledger.mood = 'well';
  await eventually(
    async () => {
      for (const id of ids) {
        const { body } = await payments.call('GET', `/v1/payment_intents/${id}`);
        expect(body.status).toBe('succeeded');
      }
    },
    { timeoutMs: 20_000 },
  );
});
