import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { TestPayments, tokens } from '../testing/test-payments.js';
import { tellLines } from '../testing/told.js';

let payments: TestPayments;
/** Nobody looks anything up by the clock: only the report tells. */
const BLIND = { LOOKUP_LADDER: '1h', PARKED_EVENT_LIMIT: '200ms' };
beforeAll(async () => {
  payments = await TestPayments.start(undefined, BLIND);
});
afterAll(() => payments.stop());

const sale = async (reference: string, answer = 'unknown after acting', on = payments) => {
  const body = {
    ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: reference },
    ...{ confirm: true, payment_method: 'tok', metadata: { 'test.answer': answer } },
  };
  const { body: intent } = await on.call('POST', '/v1/payment_intents', { body });
  return { id: intent.id as string, operationId: intent.attempts[0].operation_id as string };
};
const intentOf = async (id: string, on = payments) =>
  (await on.call('GET', `/v1/payment_intents/${id}`)).body;
const becomes = (id: string, result: string, on = payments) =>
  eventually(async () => {
    const intent = await intentOf(id, on);
    expect(intent.attempts[0].result).toBe(result);
    return intent;
  });
const observed = (operationId: string) =>
  payments.rows<{ source: string; is_news: boolean }>(
    `select source, is_news from observation where operation_id = $1 and source in ('webhook', 'report')
      order by observed_at`,
    [operationId],
  );
const commands = (intentId: string) =>
  payments.rows(`select from outbox where subject = $1 and topic = 'defter.ledger.commands.v1'`, [intentId]);
const parked = (eventId: string) =>
  payments.rows(
    `select tenant_id, reason, source, resolved_at is not null as resolved from parked_event
      where event_id = $1`,
    [eventId],
  );
const money = { amountMinor: '1000', currency: 'TRY' };
let ids = 0;
const newId = () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`;

describe('a line about a deposit whose answer and webhook were lost, and that nobody asks for', () => {
  it('credits it once; repeated lines and the late webhook change nothing', async () => {
    const { id, operationId } = await sale('lost');
    await becomes(id, 'unknown');
    const line = { operationId, observationId: newId(), providerRef: `ref_${operationId}` };
    await tellLines(payments, [line, line]);
    const credited = await becomes(id, 'succeeded');
    expect(credited).toMatchObject({ status: 'succeeded', bookings: [{ id: `deposit:${operationId}` }] });
    // The same line in another message, the same line by a corrected report, and at last the webhook.
    await tellLines(payments, [line], { id: 'another message' });
    await tellLines(payments, [{ ...line, observationId: newId() }]);
    await payments.hear({
      facts: { operationId, providerRef: `ref_${operationId}`, kind: 'sale', result: 'succeeded', ...money },
    });
    const all = await eventually(async () => {
      const rows = await observed(operationId);
      expect(rows).toHaveLength(3);
      return rows;
    });
    expect(all.map(({ source, is_news }) => `${source} ${is_news}`).sort()).toEqual([
      ...['report false', 'report true', 'webhook false'],
    ]);
    expect(await intentOf(id)).toEqual(credited);
    expect(await commands(id)).toHaveLength(1);
    expect(payments.provider.effects.get(operationId)).toBe(1);
    expect(payments.provider.calls.filter((call) => call.endsWith(operationId))).toHaveLength(1);
  });

  it('comes while the call is under way: the late answer changes nothing', async () => {
    payments.provider.hanging.add('42');
    const { id, operationId } = await sale('hanging', 'succeeded');
    await eventually(() => expect(payments.provider.calls).toContain(`execute ${operationId}`));
    await tellLines(payments, [{ operationId }]);
    const credited = await becomes(id, 'succeeded');
    payments.provider.release();
    await eventually(async () => {
      const rows = await payments.rows(
        `select from observation where operation_id = $1 and source = 'answer'`,
        [operationId],
      );
      expect(rows).toHaveLength(1);
    });
    expect(await intentOf(id)).toMatchObject({ status: 'succeeded', bookings: credited.bookings });
    expect(await commands(id)).toHaveLength(1);
    expect(payments.provider.effects.get(operationId)).toBe(1);
  });

  it('about other money moves nothing, is flagged, and the right one still credits once', async () => {
    for (const [reference, wrong, flag] of [
      ['amount', { amountMinor: '999' }, 'amount-mismatch'],
      ['currency', { currency: 'USD' }, 'currency-mismatch'],
    ] as const) {
      const { id, operationId } = await sale(reference);
      await becomes(id, 'unknown');
      await tellLines(payments, [{ operationId, ...wrong }]);
      await eventually(async () => expect((await intentOf(id)).needs_attention).toContain(flag));
      expect(await intentOf(id)).toMatchObject({ status: 'unknown', bookings: [] });
      await tellLines(payments, [{ operationId }]);
      expect(await becomes(id, 'succeeded')).toMatchObject({ bookings: [{ id: `deposit:${operationId}` }] });
      expect(await commands(id)).toHaveLength(1);
    }
  });

  it('that was handed in only makes the provider be asked', async () => {
    const { id, operationId } = await sale('handed in');
    await becomes(id, 'unknown');
    payments.provider.lookupsFail = true;
    await tellLines(payments, [{ operationId, origin: 'file' }]);
    await eventually(() => expect(payments.provider.calls).toContain(`lookup ${operationId}`));
    expect(await observed(operationId)).toEqual([]);
    expect(await intentOf(id)).toMatchObject({ bookings: [] });
    payments.provider.lookupsFail = false;
  });
});

describe('a line of a report', () => {
  it('of another connection, tenant or kind than its operation touches nothing and is parked', async () => {
    const { id, operationId } = await sale('not yours');
    await becomes(id, 'unknown');
    const [connection, tenant, kind] = [newId(), newId(), newId()];
    await tellLines(payments, [{ operationId, observationId: connection, connectionId: 'c_two' }]);
    await tellLines(payments, [{ operationId, observationId: tenant }], { tenantId: 't_two' });
    await tellLines(payments, [{ operationId, observationId: kind, kind: 'refund' }]);
    await eventually(async () => {
      const unknown = { reason: 'unknown operation', source: 'report', resolved: false };
      expect(await parked(connection)).toEqual([{ tenant_id: 't_one', ...unknown }]);
      expect(await parked(tenant)).toEqual([{ tenant_id: 't_two', ...unknown }]);
      expect(await parked(kind)).toMatchObject([{ reason: 'kind refund does not fit a sale' }]);
    });
    expect(await intentOf(id)).toMatchObject({ status: 'unknown', bookings: [] });
    expect(await observed(operationId)).toEqual([]);
  });

  it('about an operation that nobody knows is parked and told to people, once', async () => {
    const observationId = newId();
    await tellLines(payments, [{ operationId: 'op_nobody', observationId }]);
    await eventually(async () => {
      const told = await payments.rows<{ body: string }>(
        `select body from outbox where topic = 'defter.payments.anomalies.v1' and key = $1`,
        [observationId],
      );
      expect(told.map(({ body }) => JSON.parse(body))).toMatchObject([
        { kind: 'orphan_event', requestId: 'settlement-2026-02-01', operationId: 'op_nobody' },
      ]);
    });
    expect(payments.provider.book.has('op_nobody')).toBe(false);
  });

  it('pays a payout, posts its hold once, and brings it back', async () => {
    const wish = { amount_minor: 1000, currency: 'TRY', customer_id: '42' };
    const body = {
      ...wish,
      destination: 'TR330006100519786457841326',
      metadata: { 'test.answer': 'unknown after acting' },
    };
    const { body: asked } = await payments.call('POST', '/v1/payouts', { body, token: tokens.ayse });
    const approval = { body: { payload_hash: asked.payload_hash }, token: tokens.mehmet };
    await payments.call('POST', `/v1/payouts/${asked.id}/approve`, approval);
    const is = (status: string) =>
      eventually(async () => {
        const { body: payout } = await payments.call('GET', `/v1/payouts/${asked.id}`);
        expect(payout.status).toBe(status);
        return payout;
      });
    const { operation } = await is('unknown');
    const line = { operationId: operation.operation_id, kind: 'payout' as const };
    await tellLines(payments, [line, { ...line, observationId: newId() }]);
    expect((await is('paid')).bookings).toMatchObject([{ kind: 'post' }]);
    await tellLines(payments, [{ ...line, result: 'returned' }, line]);
    const { bookings } = await is('returned');
    expect(bookings.map(({ kind }: { kind: string }) => kind)).toEqual(['post', 'return']);
  });
});
