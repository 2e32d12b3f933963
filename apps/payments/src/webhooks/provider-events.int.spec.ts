import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { TestPayments } from '../testing/test-payments.js';

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start(undefined, { PARKED_EVENT_LIMIT: '200ms' });
});
afterAll(() => payments.stop());

const pendingIntent = async (reference: string) => {
  const body = {
    ...{
      amount_minor: 1000,
      currency: 'TRY',
      customer_id: '42',
      merchant_reference: reference,
      confirm: true,
    },
    ...{ payment_method: 'tok', metadata: { 'test.answer': 'pending' } },
  };
  const { body: intent } = await payments.call('POST', '/v1/payment_intents', { body });
  return { id: intent.id, operationId: intent.attempts[0].operation_id };
};
const parked = (eventId: string) =>
  payments.rows<{ reason: string; resolved: boolean }>(
    'select reason, resolved_at is not null as resolved from parked_event where event_id = $1',
    [eventId],
  );
/** Webhooks that were given up to people, by cause. */
const orphaned = async (cause: string): Promise<number> => {
  const metrics = await (await fetch(`${payments.instances[0]?.managementUrl}/metrics`)).text();
  const name = 'defter_payments_webhooks_orphaned_total';
  const line = metrics.split('\n').find((each) => each.startsWith(name) && each.includes(`cause="${cause}"`));
  return parseInt(line?.split(' ').at(-1) ?? '0', 10);
};
const money = { amountMinor: '1000', currency: 'TRY' };

describe('an event', () => {
  it('that names its operation only by a reference not yet known waits for it', async () => {
    payments.provider.delayMs = 300;
    const { id, operationId } = await pendingIntent('early');
    await payments.hear({
      eventId: 'evt_early',
      facts: { providerRef: `ref_${operationId}`, kind: 'sale', result: 'succeeded', ...money },
    });
    await eventually(async () => expect(await parked('evt_early')).toHaveLength(1));
    await eventually(async () => {
      const { body } = await payments.call('GET', `/v1/payment_intents/${id}`);
      expect(body.status).toBe('succeeded');
      expect(await parked('evt_early')).toMatchObject([{ resolved: true }]);
    });
    payments.provider.delayMs = 0;
  });

  it('of another connection never touches the operation', async () => {
    const { id, operationId } = await pendingIntent('other');
    await payments.hear({
      eventId: 'evt_other',
      connectionId: 'c_other',
      facts: { operationId, kind: 'sale', result: 'succeeded', ...money },
    });
    await eventually(async () =>
      expect(await parked('evt_other')).toMatchObject([{ reason: 'unknown operation' }]),
    );
    expect((await payments.call('GET', `/v1/payment_intents/${id}`)).body.status).toBe('processing');
  });

  it('about another kind of operation is parked', async () => {
    const { operationId } = await pendingIntent('kind');
    await payments.hear({
      eventId: 'evt_kind',
      facts: { operationId, kind: 'refund', result: 'succeeded', ...money },
    });
    await eventually(async () =>
      expect(await parked('evt_kind')).toMatchObject([{ reason: 'kind refund does not fit a sale' }]),
    );
  });

  it('without signed money only causes a look-up', async () => {
    const { id, operationId } = await pendingIntent('unsigned');
    await eventually(async () => {
      const { body } = await payments.call('GET', `/v1/payment_intents/${id}`);
      expect(body.attempts[0].result).toBe('pending');
    });
    await payments.hear({ facts: { operationId, kind: 'sale', result: 'succeeded' } });
    await eventually(() => expect(payments.provider.calls).toContain(`lookup ${operationId}`));
    expect((await payments.call('GET', `/v1/payment_intents/${id}`)).body.status).toBe('processing');
  });

  it('of a tenant that was taken out of the settings waits, and holds up nobody behind it', async () => {
    const { id, operationId } = await pendingIntent('gone');
    payments.keepTenants(['t_two']);
    await eventually(async () => expect((await payments.call('GET', '/v1/payouts')).status).toBe(401));
    const facts = { operationId, kind: 'sale' as const, result: 'succeeded' as const, ...money };
    await payments.hear({ eventId: 'evt_gone', facts });
    await eventually(async () =>
      expect(await parked('evt_gone')).toMatchObject([{ reason: 'unknown tenant', resolved: false }]),
    );
    payments.keepTenants(['t_one', 't_two']);
    await eventually(async () => {
      const { body } = await payments.call('GET', `/v1/payment_intents/${id}`);
      expect(body.status).toBe('succeeded');
      expect(await parked('evt_gone')).toMatchObject([{ resolved: true }]);
    });
  });

  it('that waits beyond the limit is told once, and told again when it found its operation', async () => {
    const told = () =>
      payments.rows<{ body: string; tenant_id: string }>(
        `select body, tenant_id from outbox
         where topic = 'defter.payments.anomalies.v1' and key = 'evt_orphan' order by position`,
      );
    const kinds = async () => (await told()).map(({ body }) => JSON.parse(body).kind);
    payments.provider.delayMs = 4_000;
    const { id, operationId } = await pendingIntent('orphan');
    const providerRef = `ref_${operationId}`;
    const facts = { providerRef, kind: 'sale' as const, result: 'succeeded' as const, ...money };
    await payments.hear({ eventId: 'evt_orphan', facts });
    await eventually(async () => expect(await kinds()).toEqual(['orphan_event']));
    expect(JSON.parse((await told())[0]?.body ?? '')).toMatchObject({
      ...{ eventId: 'evt_orphan', requestId: 'whk_1', connectionId: 'c_one', reason: 'unknown operation' },
      ...{ providerRef, amountMinor: '1000', currency: 'TRY' },
    });
    await eventually(async () => {
      expect(await kinds()).toEqual(['orphan_event', 'orphan_resolved']);
      expect((await payments.call('GET', `/v1/payment_intents/${id}`)).body.status).toBe('succeeded');
    });
    payments.provider.delayMs = 0;
    // It was late, though it fitted in the end. So were some of the tests before.
    await eventually(async () => {
      const late = await payments.rows(`select from parked_event where reported_at > parked_at`);
      expect(late.length).toBeGreaterThan(0);
      expect(await orphaned('waited')).toBe(late.length);
    });
  });

  it('of a provider that is only listened to is told at once and once, and waits for nothing', async () => {
    const facts = { operationId: 'op_theirs', kind: 'sale' as const, result: 'succeeded' as const, ...money };
    await payments.hear({ eventId: 'evt_adyen', provider: 'adyen', facts });
    await eventually(async () => {
      const rows = await payments.rows<{ due: string; told: boolean; tries: number }>(
        `select due_at::text as due, reported_at = parked_at as told, tries
           from parked_event where event_id = 'evt_adyen'`,
      );
      expect(rows).toEqual([{ due: 'infinity', told: true, tries: 0 }]);
    });
    await eventually(async () => expect(await orphaned('listened_only')).toBe(1));
    const told = () =>
      payments.rows(`select from outbox where topic = 'defter.payments.anomalies.v1' and key = 'evt_adyen'`);
    // A later orphan was told by the clock; this one wasn't again.
    await payments.hear({ eventId: 'evt_next', facts: { ...facts, providerRef: 'ref_nobody' } });
    await eventually(async () =>
      expect(await payments.rows(`select from outbox where key = 'evt_next'`)).toHaveLength(1),
    );
    expect(await told()).toHaveLength(1);
  });

  it('of a type that its adapter does not know is kept and told once, another is passed over', async () => {
    const unknown = { eventId: 'evt_odd', providerType: 'PREARBITRATION_LOST', unknownType: true } as const;
    await payments.hear({ eventId: 'evt_silent', providerType: 'REPORT_AVAILABLE' });
    await payments.hear(unknown);
    await payments.hear(unknown);
    const reason = 'an event of the type PREARBITRATION_LOST, which is not understood';
    await eventually(async () => expect(await parked('evt_odd')).toEqual([{ reason, resolved: false }]));
    await payments.hear({ eventId: 'evt_after', providerType: 'odd', unknownType: true });
    await eventually(async () => expect(await parked('evt_after')).toHaveLength(1));
    const told = await payments.rows<{ body: string }>(
      `select body from outbox where topic = 'defter.payments.anomalies.v1' and key = 'evt_odd'`,
    );
    expect(told.map(({ body }) => JSON.parse(body))).toMatchObject([{ kind: 'orphan_event', reason }]);
    expect(await parked('evt_silent')).toEqual([]);
    // What was heard twice counts once.
    expect(await orphaned('unknown_type')).toBe(2);
  });
});
