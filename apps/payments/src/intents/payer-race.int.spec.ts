import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { TestPayments } from '../testing/test-payments.js';

let payments: TestPayments;
beforeAll(async () => {
  // Two processes; nothing is asked by itself while a test runs.
  const env = { CHALLENGE_EXPIRES: '1h', LOOKUP_LADDER: '1h,1h,1h' };
  payments = await TestPayments.start(['http', 'worker'], env);
  await payments.add(['worker']);
});
afterAll(() => payments.stop());

let orders = 0;
const get = async (id: string) => (await payments.call('GET', `/v1/payment_intents/${id}`)).body;
const post = (id: string, action: string) =>
  payments.call('POST', `/v1/payment_intents/${id}/${action}`, { body: {} });
const settled = (id: string, status: string) =>
  eventually(async () => {
    const intent = await get(id);
    expect(intent.status).toBe(status);
    return intent;
  });
/** An intent whose payer is at the provider's page. */
const waiting = async () => {
  const body = {
    ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: `race-${++orders}` },
    ...{ confirm: true, payment_method: 'tok_test_challenge' },
  };
  const { body: intent } = await payments.call('POST', '/v1/payment_intents', { body });
  const { attempts } = await settled(intent.id, 'requires_action');
  return { id: intent.id as string, operationId: attempts[0].operation_id as string };
};
const timeIsOver = (operationId: string) =>
  payments.rows('update operation set payer_until = now() where operation_id = $1', [operationId]);
const lookupsOf = (operationId: string) =>
  payments.provider.calls.filter((call) => call === `lookup ${operationId}`).length;
const asked = (operationId: string, times: number) =>
  eventually(() => Promise.resolve(expect(lookupsOf(operationId)).toBe(times)));
const gateway = () => {
  let open = (): void => undefined;
  const promise = new Promise<void>((resolve) => (open = resolve));
  return { promise, open: () => open() };
};

describe('an attempt whose payer’s time is over', () => {
  it('is given up on the provider’s word that it still waits, once', async () => {
    const { id, operationId } = await waiting();
    await timeIsOver(operationId);
    const intent = await settled(id, 'requires_payment_method');
    expect(intent.attempts).toMatchObject([{ is_abandoned: true }]);
    expect(intent.releases).toMatchObject([{ result: 'succeeded', parent_operation_id: operationId }]);
    const { data } = (await payments.call('GET', `/v1/payment_intents/${id}/timeline`)).body;
    const abandoned = data.filter(({ name }: { name: string }) => name === 'AttemptAbandoned');
    expect(abandoned).toMatchObject([{ detail: { reason: 'payer_timeout', actor: 'payer-timeouts' } }]);
  });

  it('whose payer has paid just before, and nobody has told, is paid: nothing is voided', async () => {
    const { id, operationId } = await waiting();
    payments.provider.finish(operationId, 'succeeded');
    await timeIsOver(operationId);
    const intent = await settled(id, 'succeeded');
    expect(intent).toMatchObject({ releases: [], attempts: [{ is_abandoned: false }] });
    expect(payments.provider.effects.get(operationId)).toBe(1);
    expect(await payments.rows('select from booking where owner_id = $1', [id])).toHaveLength(1);
  });

  it('whose payer has done all just before, and nobody has told, is left to the bank', async () => {
    const { id, operationId } = await waiting();
    payments.provider.proceed(operationId);
    await timeIsOver(operationId);
    const intent = await settled(id, 'processing');
    expect(intent).toMatchObject({ releases: [], attempts: [{ is_abandoned: false }] });
    payments.provider.finish(operationId, 'succeeded');
    await post(id, 'resolve');
    await settled(id, 'succeeded');
  });

  it('of which the provider says nothing is not given up', async () => {
    const { id, operationId } = await waiting();
    payments.provider.lookupsFail = true;
    await timeIsOver(operationId);
    await asked(operationId, 1);
    await eventually(async () => {
      const [row] = await payments.rows<{ later: boolean; leased: boolean }>(
        'select payer_until > now() as later, leased from operation where operation_id = $1',
        [operationId],
      );
      expect(row).toEqual({ later: true, leased: false });
    });
    expect(await get(id)).toMatchObject({ status: 'requires_action', attempts: [{ is_abandoned: false }] });
    payments.provider.lookupsFail = false;
    payments.provider.finish(operationId, 'succeeded');
    await timeIsOver(operationId);
    await settled(id, 'succeeded');
  });

  it('is not given up by an answer that was read before its time was over', async () => {
    const { id, operationId } = await waiting();
    const gate = gateway();
    payments.provider.lookupsHeld = gate.promise;
    await post(id, 'resolve');
    await asked(operationId, 1);
    // Read as waiting; then the payer pays, then the time is over, then the old answer comes.
    payments.provider.finish(operationId, 'succeeded');
    await timeIsOver(operationId);
    await eventually(async () =>
      expect(
        await payments.rows('select from operation where operation_id = $1 and asked_again', [operationId]),
      ).toHaveLength(1),
    );
    payments.provider.lookupsHeld = undefined;
    gate.open();
    const intent = await settled(id, 'succeeded');
    expect(intent).toMatchObject({ releases: [], attempts: [{ is_abandoned: false }] });
    expect(lookupsOf(operationId)).toBe(2);
  });

  it('races its payer: paid and booked once, or given up and nothing', async () => {
    const races = await Promise.all(
      Array.from({ length: 12 }, async (_, n) => {
        const race = await waiting();
        const pay = async () => {
          await new Promise((resolve) => setTimeout(resolve, n * 100));
          payments.provider.decide(race.operationId, { approved: true });
        };
        await Promise.all([timeIsOver(race.operationId), pay()]);
        return race;
      }),
    );
    for (const { id, operationId } of races) {
      const charged = payments.provider.effects.get(operationId) ?? 0;
      const intent = await settled(id, charged === 1 ? 'succeeded' : 'requires_payment_method');
      expect(intent.bookings).toHaveLength(charged);
    }
  });
});
