import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { OperationKind } from '@defter/payments-contracts';
import { eventually } from '@defter/testing';
import { TestPayments } from '../testing/test-payments.js';

const LEASE_MS = 500;

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start(undefined, { OPERATION_LEASE: `${LEASE_MS}ms` });
  payments.provider.lookupsLag = true;
});
afterEach(() => {
  payments.provider.lookupsLag = true;
});
afterAll(() => payments.stop());

/** The provider's look-ups may miss what was sent for so long. */
const lagIs = (seconds: number | Partial<Record<OperationKind, number>>): void => {
  Object.assign(payments.provider.adapter.manifest, { lookupLagSeconds: seconds });
};
let orders = 0;
const charge = async (answer: string): Promise<{ id: string; operationId: string }> => {
  const body = {
    ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: `lag-${++orders}` },
    ...{ confirm: true, payment_method: 'tok_visa', metadata: { 'test.answer': answer } },
  };
  const intent = (await payments.call('POST', '/v1/payment_intents', { body })).body;
  return { id: intent.id, operationId: intent.attempts[0].operation_id };
};
const succeeded = (id: string): Promise<void> =>
  eventually(async () =>
    expect((await payments.call('GET', `/v1/payment_intents/${id}`)).body.status).toBe('succeeded'),
  );
const calls = (what: string, operationId: string): number =>
  payments.provider.calls.filter((call) => call === `${what} ${operationId}`).length;

describe('a look-up that finds nothing', () => {
  it('too early is no proof: it asks again, beyond the ladder, and never sends again', async () => {
    lagIs(60);
    const { id, operationId } = await charge('unknown after acting, refused');
    // The ladder has three rungs; the next look-up is due when finding nothing is a proof.
    const [row] = await eventually(async () => {
      const rows = await payments.rows<{ step: string; alarmed: boolean; late: boolean }>(
        `select next_step as step, alarmed_at is not null as alarmed,
                due_at > now() + interval '30 seconds' as late
           from operation where operation_id = $1 and not leased and lookups = 3`,
        [operationId],
      );
      expect(rows).toHaveLength(1);
      return rows;
    });
    expect(row).toEqual({ step: 'look_up', alarmed: false, late: true });
    expect(calls('execute', operationId)).toBe(1);
    payments.provider.lookupsLag = false;
    await payments.call('POST', `/v1/payment_intents/${id}/resolve`, { body: {} });
    await succeeded(id);
    expect(payments.provider.effects.get(operationId)).toBe(1);
  });

  it('after the lag of its last possible send is a proof: it is sent again, with the same id', async () => {
    lagIs(0.3);
    const { id, operationId } = await charge('unknown before acting, succeeded');
    await succeeded(id);
    expect(payments.provider.effects.get(operationId)).toBe(1);
    const sends = await payments.rows<{ ms: number }>(
      `select extract(epoch from started_at - min(started_at) over ())::float8 * 1000 as ms
         from provider_call where operation_id = $1 and step = 'send' order by started_at`,
      [operationId],
    );
    expect(sends).toHaveLength(2);
    expect(sends[1]?.ms).toBeGreaterThanOrEqual(LEASE_MS + 300);
  });

  it('is a proof at once for kinds that have no lag, and none for those that have one', async () => {
    lagIs({ authorize: 60 });
    const sale = await charge('unknown before acting, succeeded');
    await succeeded(sale.id);
    expect(payments.provider.effects.get(sale.operationId)).toBe(1);
    lagIs({ sale: 60 });
    const slow = await charge('unknown before acting, succeeded');
    await eventually(async () => {
      const rows = await payments.rows(
        `select from operation where operation_id = $1 and not leased and lookups = 3
            and due_at > now() + interval '30 seconds'`,
        [slow.operationId],
      );
      expect(rows).toHaveLength(1);
    });
    expect(calls('execute', slow.operationId)).toBe(1);
    expect(payments.provider.effects.get(slow.operationId)).toBeUndefined();
  });
});
