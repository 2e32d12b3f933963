import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import type { CrashPoint } from './crash-points.js';
import type { ProviderEventV1 } from '@defter/webhooks-contracts';
import { CONNECTION, TENANT, TestPayments, tokens } from './testing/test-payments.js';
import { parkEvent, wakeParkedEvents } from './webhooks/parked-event-row.js';

let payments: TestPayments;
afterEach(() => payments.stop());

const operationPoints: readonly CrashPoint[] = [
  'operation.after-lease',
  'operation.before-call',
  'operation.after-call',
  'operation.after-observe',
];
const payoutPoints: readonly CrashPoint[] = [
  'payout.before-claim',
  'payout.after-claim',
  'payout.after-hold',
  'payout.after-record',
];

/** The process dies (the step throws, and nothing after it runs) and its lease runs out; then it goes on. */
describe('a crash', () => {
  it.each(operationPoints)('at %s charges once and books once', async (point) => {
    payments = await TestPayments.start(['http'], { OPERATION_LEASE: '300ms' });
    const body = {
      ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: 'o', confirm: true },
      payment_method: 'tok_visa',
    };
    const { body: intent } = await payments.call('POST', '/v1/payment_intents', { body });
    await payments.add(['worker'], point);
    const done = await eventually(async () => {
      const answer = await payments.call('GET', `/v1/payment_intents/${intent.id}`);
      expect(answer.body.status).toBe('succeeded');
      return answer.body;
    });
    const [{ operation_id: id }] = done.attempts;
    expect(payments.provider.effects.get(id)).toBe(1);
    expect(done.bookings).toMatchObject([{ id: `deposit:${id}` }]);
  });

  it.each(operationPoints)('at %s pays out once, and the hold ends', async (point) => {
    payments = await TestPayments.start(['http'], { OPERATION_LEASE: '300ms', LOOKUP_LADDER: '100ms,1s,1s' });
    const wish = {
      amount_minor: 1000,
      currency: 'TRY',
      customer_id: '42',
      destination: 'TR330006100519786457841326',
    };
    const { body: asked } = await payments.call('POST', '/v1/payouts', { body: wish, token: tokens.ayse });
    const approval = { body: { payload_hash: asked.payload_hash }, token: tokens.mehmet };
    expect((await payments.call('POST', `/v1/payouts/${asked.id}/approve`, approval)).status).toBe(200);
    await payments.add(['worker'], point);
    const done = await eventually(async () => {
      const answer = await payments.call('GET', `/v1/payouts/${asked.id}`);
      expect(answer.body.status).toBe('paid');
      return answer.body;
    });
    expect(payments.provider.effects.get(done.operation.operation_id)).toBe(1);
    expect(done.bookings).toMatchObject([{ kind: 'post' }]);
  });

  it.each(payoutPoints)('at %s leaves no hold without its payout, nor the reverse', async (point) => {
    payments = await TestPayments.start(['worker']);
    await payments.add(['http'], point);
    const wish = {
      amount_minor: 1000,
      currency: 'TRY',
      customer_id: '42',
      destination: 'TR330006100519786457841326',
    };
    const options = { body: wish, idempotencyKey: randomUUID(), instance: 1 };
    expect((await payments.call('POST', '/v1/payouts', options)).status).toBe(500);
    const known = async () => {
      const { body } = await payments.call('GET', '/v1/payouts', { token: tokens.ayse, instance: 1 });
      return body.data.map(({ id, status }: { id: string; status: string }) => `${status} ${id}`);
    };
    await eventually(async () => {
      const holds = [...payments.ledger.holds.keys()].map((id) => `in_review ${id}`);
      expect(await known()).toEqual(holds);
      expect(holds).toHaveLength(point === 'payout.before-claim' ? 0 : 1);
    });
    expect((await payments.call('POST', '/v1/payouts', options)).status).toBe(201);
    expect(await known()).toHaveLength(1);
    expect(payments.ledger.holds.size).toBe(1);
  });

  it('loses no event whose operation appeared, however long it was parked', async () => {
    // Beyond PARKED_EVENT_RETRY an event is tried only because its operation appeared.
    const env = { OPERATION_LEASE: '1s', PARKED_EVENT_RETRY: '1ms' };
    payments = await TestPayments.start(['http'], env);
    const body = {
      ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: 'old', confirm: true },
      ...{ payment_method: 'tok', metadata: { 'test.answer': 'pending' } },
    };
    const { body: intent } = await payments.call('POST', '/v1/payment_intents', { body });
    const [{ operation_id: operationId }] = intent.attempts;
    const facts = { operationId, kind: 'sale', result: 'succeeded', amountMinor: '1000', currency: 'TRY' };
    const event = {
      ...{ eventId: 'evt_old', requestId: 'whk_1', provider: 'mock-psp', connectionId: CONNECTION },
      ...{ verified: true, providerEventId: 'evt_old', providerType: 'test', untrusted: {} },
      ...{ receivedAt: '2026-01-01T00:00:00Z', facts },
    } as ProviderEventV1;
    await payments.database.database.transaction(async (tx) => {
      await parkEvent(tx, TENANT, event, { source: 'webhook', reason: 'unknown operation', mayFit: true });
      await tx.query("update parked_event set due_at = 'infinity'");
      await wakeParkedEvents(tx, TENANT, { operationId, connectionId: CONNECTION, providerRefs: [] });
    });
    await payments.add(['worker'], 'parked.after-take');
    await eventually(async () => {
      const answer = await payments.call('GET', `/v1/payment_intents/${intent.id}`);
      expect(answer.body.status).toBe('succeeded');
    });
  });
});
