import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { TestPayments } from '../testing/test-payments.js';

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start(['http', 'worker'], { CHALLENGE_EXPIRES: '1h' });
});
afterAll(() => payments.stop());

let orders = 0;
const get = async (id: string) => (await payments.call('GET', `/v1/payment_intents/${id}`)).body;
const post = (id: string, action: string, body: object = {}) =>
  payments.call('POST', `/v1/payment_intents/${id}/${action}`, { body });
const settled = (id: string, status: string) =>
  eventually(async () => {
    const intent = await get(id);
    expect(intent.status).toBe(status);
    return intent;
  });
/** An intent whose payer is at the provider's page. */
const waiting = async (change: object = {}) => {
  const body = {
    ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: `left-${++orders}` },
    ...{ confirm: true, payment_method: 'tok_test_challenge', ...change },
  };
  const { body: intent } = await payments.call('POST', '/v1/payment_intents', { body });
  const { attempts } = await settled(intent.id, 'requires_action');
  return { id: intent.id as string, operationId: attempts[0].operation_id as string };
};
/** The job has looked at it, and will again. */
const timeIsOver = async (operationId: string) => {
  await payments.rows('update operation set payer_until = now() where operation_id = $1', [operationId]);
  await eventually(async () => {
    const [row] = await payments.rows<{ later: boolean }>(
      'select payer_until > now() as later from operation where operation_id = $1',
      [operationId],
    );
    expect(row?.later).toBe(true);
  });
};
const depositsOf = (id: string) =>
  payments.rows(`select from booking where owner_id = $1 and kind = 'deposit'`, [id]);
const actionOf = (intent: { allowed_actions: { action: string }[] }, name: string) =>
  intent.allowed_actions.find(({ action }) => action === name);

describe('an attempt whose payer walked away', () => {
  it('is given up by the caller, ended at the provider, and another one pays', async () => {
    const { id, operationId } = await waiting();
    const before = await get(id);
    expect(actionOf(before, 'abandon')).toMatchObject({ allowed: true, reason: null });
    expect(actionOf(before, 'confirm')).toMatchObject({ allowed: false });
    const { status, body } = await post(id, 'abandon');
    expect(status).toBe(201);
    expect(body).toMatchObject({ next_action: null, attempts: [{ is_abandoned: true }] });
    const free = await settled(id, 'requires_payment_method');
    expect(free.releases).toMatchObject([{ result: 'succeeded', parent_operation_id: operationId }]);
    await post(id, 'confirm', { payment_method: 'tok_visa' });
    await settled(id, 'succeeded');
    // What became of it was asked for, too; it can't be charged any more.
    await eventually(async () =>
      expect((await get(id)).attempts[0]).toMatchObject({
        ...{ result: 'declined', decline_code: 'authentication_abandoned' },
      }),
    );
    expect(payments.provider.effects.get(operationId)).toBeUndefined();
    expect(await depositsOf(id)).toHaveLength(1);
  });

  it('bars another one until the provider has said what became of it; the same key asks anew', async () => {
    const { id, operationId } = await waiting();
    payments.provider.delayMs = 500;
    await post(id, 'abandon');
    const retry = { body: { payment_method: 'tok_visa' }, idempotencyKey: `again-${id}` };
    const confirm = () => payments.call('POST', `/v1/payment_intents/${id}/confirm`, retry);
    const refused = await confirm();
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'attempt-abandoned', operation: operationId },
    });
    expect((await get(id)).status).toBe('unknown');
    payments.provider.delayMs = 0;
    await settled(id, 'requires_payment_method');
    expect((await confirm()).status).toBe(201);
    await settled(id, 'succeeded');
    // What was accepted is stored under the key, for ever.
    const repeated = await confirm();
    expect(repeated.headers.get('idempotency-hit')).toBe('true');
    expect((await get(id)).attempts).toHaveLength(2);
  });

  it('is given up by time, as noted when it began', async () => {
    const { id, operationId } = await waiting();
    const { attempts } = await get(id);
    const wait = Date.parse(attempts[0].payer_until) - Date.parse(attempts[0].requested_at);
    expect(wait).toBe(3_600_000);
    await payments.rows('update operation set payer_until = now() where operation_id = $1', [operationId]);
    await settled(id, 'requires_payment_method');
    const { body: timeline } = await payments.call('GET', `/v1/payment_intents/${id}/timeline`);
    expect(timeline.data).toContainEqual(
      expect.objectContaining({
        name: 'AttemptAbandoned',
        detail: expect.objectContaining({ reason: 'payer_timeout', actor: 'payer-timeouts' }),
      }),
    );
  });

  it('that waits for a bank and not for its payer is not given up by time', async () => {
    const body = {
      ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: `left-${++orders}` },
      ...{ confirm: true, payment_method: 'tok_test_approve' },
    };
    const { body: intent } = await payments.call('POST', '/v1/payment_intents', { body });
    const { operation_id: operationId } = await eventually(async () => {
      const { attempts } = await get(intent.id);
      expect(attempts[0].result).toBe('pending');
      return attempts[0];
    });
    await timeIsOver(operationId);
    expect(await get(intent.id)).toMatchObject({ status: 'processing', attempts: [{ is_abandoned: false }] });
    expect((await post(intent.id, 'abandon')).body).toMatchObject({ code: 'nothing-to-abandon' });
  });

  it.each(['look-up', 'webhook'])(
    'whose payer has done all, by a %s, is not given up by time',
    async (by) => {
      const { id, operationId } = await waiting();
      payments.provider.proceed(operationId);
      if (by === 'look-up') await post(id, 'resolve');
      else await payments.hear({ facts: { operationId, kind: 'sale', result: 'pending' } });
      expect(await settled(id, 'processing')).toMatchObject({ next_action: null });
      await timeIsOver(operationId);
      expect(await get(id)).toMatchObject({ status: 'processing', attempts: [{ is_abandoned: false }] });
      payments.provider.finish(operationId, 'succeeded');
      await post(id, 'resolve');
      await settled(id, 'succeeded');
    },
  );

  it('whose void was refused is ended by the next one', async () => {
    const { id } = await waiting();
    payments.provider.voidsRefused = true;
    await post(id, 'abandon');
    await eventually(async () => expect((await get(id)).releases).toMatchObject([{ result: 'failed' }]));
    payments.provider.voidsRefused = false;
    const stuck = await get(id);
    expect(stuck.status).toBe('unknown');
    expect(actionOf(stuck, 'abandon')).toMatchObject({ allowed: true });
    expect((await post(id, 'abandon')).status).toBe(201);
    const free = await settled(id, 'requires_payment_method');
    expect(free.releases).toMatchObject([{ result: 'failed' }, { result: 'succeeded' }]);
  });

  it('is given up by its name; of another name nothing is', async () => {
    const { id, operationId } = await waiting();
    const other = await post(id, 'abandon', { attempt: 'op_of_before' });
    expect(other).toMatchObject({ status: 409, body: { code: 'nothing-to-abandon' } });
    expect((await get(id)).status).toBe('requires_action');
    expect((await post(id, 'abandon', { attempt: 7 })).status).toBe(400);
    expect((await post(id, 'abandon', { attempt: operationId })).status).toBe(201);
    await settled(id, 'requires_payment_method');
  });

  it('whose fate the provider never tells stays unknown, bars the next one and calls a person', async () => {
    const { id, operationId } = await waiting();
    payments.provider.lookupsFail = true;
    payments.provider.voidsFail = true;
    await post(id, 'abandon');
    await eventually(async () => {
      const [row] = await payments.rows(
        'select from operation where operation_id = $1 and alarmed_at is not null',
        [operationId],
      );
      expect(row).toBeDefined();
    });
    expect((await get(id)).status).toBe('unknown');
    expect((await post(id, 'confirm', { payment_method: 'tok_visa' })).body.code).toBe('attempt-abandoned');
    payments.provider.lookupsFail = false;
    payments.provider.voidsFail = false;
    payments.provider.finish(operationId, 'declined');
    expect((await post(id, 'resolve')).status).toBe(201);
    await settled(id, 'requires_payment_method');
  });
});

describe('canceling while the payer is at the bank', () => {
  it('ends the intent once the provider has ended the attempt', async () => {
    const { id, operationId } = await waiting();
    expect((await post(id, 'cancel')).status).toBe(201);
    const canceled = await settled(id, 'canceled');
    expect(canceled.needs_attention).toEqual([]);
    payments.provider.decide(operationId, { approved: true });
    expect(payments.provider.effects.get(operationId)).toBeUndefined();
    expect((await post(id, 'confirm', { payment_method: 'tok_visa' })).body.code).toBe('intent-settled');
  });

  it('races the payer: charged and booked once, or canceled and nothing', async () => {
    const races = await Promise.all(
      Array.from({ length: 12 }, async (_, n) => {
        const { id, operationId } = await waiting({ capture_method: n % 2 === 0 ? 'automatic' : 'manual' });
        const facts = { operationId, kind: n % 2 === 0 ? 'sale' : 'authorize', amountMinor: '1000' } as const;
        const pay = async () => {
          await new Promise((resolve) => setTimeout(resolve, n * 4));
          payments.provider.decide(operationId, { approved: true });
          if (payments.provider.effects.get(operationId) === undefined) return;
          await payments.hear({ facts: { ...facts, currency: 'TRY', result: 'succeeded' } });
        };
        await Promise.all([pay(), post(id, 'cancel'), post(id, 'cancel')]);
        return { id, operationId, isSale: n % 2 === 0 };
      }),
    );
    for (const { id, operationId, isSale } of races) {
      const charged = payments.provider.effects.get(operationId) ?? 0;
      const intent = await eventually(async () => {
        const now = await get(id);
        expect(now.status).toMatch(/^(canceled|succeeded|requires_capture)$/);
        expect(now.attempts[0].result).not.toBe('pending');
        return now;
      });
      if (isSale) {
        expect(intent.status).toBe(charged === 1 ? 'succeeded' : 'canceled');
        expect(await depositsOf(id)).toHaveLength(charged);
      } else {
        const released = intent.releases.some(({ result }: { result: string }) => result === 'succeeded');
        expect(intent.status).toBe(charged === 1 && !released ? 'requires_capture' : 'canceled');
      }
    }
  });

  it('is too late when the payer has paid: the money is booked, and people are told', async () => {
    const { id, operationId } = await waiting();
    payments.provider.delayMs = 300;
    const canceled = await post(id, 'cancel');
    expect(canceled.body.status).toBe('unknown');
    payments.provider.decide(operationId, { approved: true });
    payments.provider.delayMs = 0;
    const paid = await settled(id, 'succeeded');
    expect(paid.needs_attention).toEqual(['paid-after-cancel']);
    expect(await depositsOf(id)).toHaveLength(1);
    expect(paid.releases).toMatchObject([{ result: 'declined' }]);
  });
});
