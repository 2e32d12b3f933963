import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { TestPayments, tokens } from './testing/test-payments.js';

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start(['http']);
});
afterAll(() => payments.stop());

const post = (path: string, body: object) => payments.call('POST', path, { body, token: tokens.ayse });
/** A payout that waits for its approval. */
const request = async (): Promise<{ id: string; payload_hash: string }> => {
  const wish = {
    amount_minor: 1000,
    currency: 'TRY',
    customer_id: '42',
    destination: 'TR560006100000000000000042',
  };
  const { status, body } = await payments.call('POST', '/v1/payouts', { body: wish });
  expect(status).toBe(201);
  return body;
};
const approve = ({ id, payload_hash }: Awaited<ReturnType<typeof request>>) =>
  post(`/v1/payouts/${id}/approve`, { payload_hash });

it('a tenant that became live never reaches the mock again, also not with what was approved', async () => {
  const [waiting, approved] = [await request(), await request()];
  expect((await approve(approved)).status).toBe(200);
  payments.keepTenants(['t_one'], { mode: 'live' });
  await eventually(async () => {
    const { body } = await post('/v1/checkout/sessions', {
      ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: `live ${Date.now()}` },
      ...{ success_url: 'https://shop.example/a', cancel_url: 'http://shop.example/b' },
    });
    expect(body.code).toBe('checkout-not-in-live');
  });
  expect(await approve(waiting)).toMatchObject({ body: { code: 'mock-refused-in-live' } });
  await payments.add(['worker']);
  // The runner takes it again and again, and puts it back.
  const taken = async () => {
    const [row] = await payments.rows<{ n: number }>(
      'select lease_number as n from operation where owner_id = $1',
      [approved.id],
    );
    return row?.n ?? 0;
  };
  await eventually(async () => expect(await taken()).toBeGreaterThan(1));
  expect(payments.provider.calls).toEqual([]);
  // Nor is a call noted that nobody made.
  expect(await payments.rows('select from provider_call')).toEqual([]);
});
