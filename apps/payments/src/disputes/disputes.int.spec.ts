import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LedgerTopics } from '@defter/ledger-contracts';
import { toHeaders } from '@defter/platform';
import { eventually } from '@defter/testing';
import { TENANT, TestPayments } from '../testing/test-payments.js';

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start();
});
afterAll(() => payments.stop());

let orders = 0;
const get = async (id: string) => (await payments.call('GET', `/v1/payment_intents/${id}`)).body;
const paid = async (change: object = {}) => {
  const body = {
    ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: `dispute-${++orders}` },
    ...{ confirm: true, payment_method: 'tok_visa', ...change },
  };
  const { body: intent } = await payments.call('POST', '/v1/payment_intents', { body });
  return eventually(async () => {
    const now = await get(intent.id);
    expect(now.status).toBe('succeeded');
    return now;
  });
};
interface DisputeView {
  readonly status: string;
  readonly operation: { readonly provider_ref: string };
}
const authorized = async () => {
  const body = {
    ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: `dispute-${++orders}` },
    ...{ confirm: true, payment_method: 'tok_visa', capture_method: 'manual' },
  };
  const { body: intent } = await payments.call('POST', '/v1/payment_intents', { body });
  return eventually(async () => {
    const now = await get(intent.id);
    expect(now.status).toBe('requires_capture');
    return now;
  });
};
type Told = 'opened' | 'evidence' | 'won' | 'lost';
const results = { opened: 'pending', evidence: 'pending', won: 'failed', lost: 'succeeded' } as const;
/** As a provider tells it: the disputed operation by our id, the dispute by its own reference. */
const tell = (operationId: string, told: Told, change: { amountMinor?: string; verified?: boolean } = {}) => {
  const { verified = true, amountMinor = '1000' } = change;
  return payments.hear({
    ...{ providerType: `dispute_${told}`, verified },
    facts: {
      ...{ operationId, providerRef: `dp_${operationId}`, kind: 'chargeback', result: results[told] },
      ...{ amountMinor, currency: 'TRY' },
    },
  });
};
const disputeOf = (id: string, status: string) =>
  eventually(async () => {
    const intent = await get(id);
    expect(intent.disputes.map((one: { status: string }) => one.status)).toEqual([status]);
    return { intent, dispute: intent.disputes[0], kinds: kindsOf(intent) };
  });
const kindsOf = ({ bookings }: { bookings: { kind: string }[] }) => bookings.map(({ kind }) => kind).slice(1);
const ledgerRefuses = (commandId: string) =>
  payments.messaging.publish([
    {
      topic: LedgerTopics.refusals.name,
      key: `${TENANT}/main`,
      value: JSON.stringify({
        ...{ ledger: 'main', commandId, commandType: 'CreateTransaction' },
        ...{ code: 'insufficient-funds', detail: 'no funds' },
      }),
      headers: toHeaders({
        ...{ id: `refusal ${commandId}`, type: 'LedgerRefusal', source: 'ledger', tenantId: TENANT },
        time: new Date(),
      }),
    },
  ]);

describe('a dispute', () => {
  it('holds the funds when it opens, and posts them when it is lost', async () => {
    const intent = await paid();
    const [{ operation_id: sale }] = intent.attempts;
    await tell(sale, 'opened');
    const { dispute, kinds } = await disputeOf(intent.id, 'opened');
    expect(dispute).toMatchObject({ amount_minor: 1000, disputed_operation_id: sale });
    expect(dispute.operation).toMatchObject({ kind: 'chargeback', provider_ref: `dp_${sale}` });
    expect(kinds).toEqual(['hold']);
    const [command] = await payments.rows<{ body: string }>('select body from outbox where message_id = $1', [
      `dispute:${dispute.operation.operation_id}:hold`,
    ]);
    expect(JSON.parse(command?.body ?? '')).toMatchObject({
      ...{
        type: 'CreateTransaction',
        status: 'pending',
        reference: `dispute:${dispute.operation.operation_id}`,
      },
      postings: [
        { source: 'users:42:main', destination: 'psp:c_one:receivable', amount: '1000', asset: 'TRY/2' },
      ],
    });
    await tell(sale, 'evidence');
    await disputeOf(intent.id, 'evidence');
    await tell(sale, 'lost');
    const lost = await disputeOf(intent.id, 'lost');
    expect(lost.kinds).toEqual(['hold', 'post']);
    await tell(sale, 'opened');
    await tell(sale, 'lost');
    await tell(sale, 'won');
    await eventually(async () => {
      const { disputes } = await get(intent.id);
      expect(disputes[0].operation.quarantine).toEqual(['failed-and-succeeded']);
      expect(disputes[0].status).toBe('lost');
    });
    expect(kindsOf(await get(intent.id))).toEqual(['hold', 'post']);
  });

  it('gives the funds back when it is won; meanwhile its amount can not be refunded', async () => {
    const intent = await paid();
    const [{ operation_id: sale }] = intent.attempts;
    await tell(sale, 'opened', { amountMinor: '700' });
    await disputeOf(intent.id, 'opened');
    const refund = { body: { payment_intent: intent.id, amount_minor: 301 } };
    expect((await payments.call('POST', '/v1/refunds', refund)).body).toMatchObject({
      ...{ code: 'refund-above-captured', refundableMinor: 300 },
    });
    await tell(sale, 'won', { amountMinor: '700' });
    expect((await disputeOf(intent.id, 'won')).kinds).toEqual(['hold', 'void']);
    await payments.bookDeposits();
    expect((await payments.call('POST', '/v1/refunds', refund)).status).toBe(201);
  });

  it('that is lost where the ledger has no funds to hold is a debt, once', async () => {
    const intent = await paid();
    payments.ledger.available.set('users:42:main', 0n);
    const [{ operation_id: sale }] = intent.attempts;
    await tell(sale, 'opened');
    const { dispute } = await disputeOf(intent.id, 'opened');
    const id = dispute.operation.operation_id;
    await ledgerRefuses(`dispute:${id}:hold`);
    await eventually(async () =>
      expect((await get(intent.id)).needs_attention).toContain('dispute-uncovered'),
    );
    await tell(sale, 'lost');
    expect((await disputeOf(intent.id, 'lost')).kinds).toEqual(['hold', 'late_debit']);
    // Whoever was paid is asked once more, and still has nothing.
    expect((await get(intent.id)).needs_attention).not.toContain('dispute-uncovered');
    await ledgerRefuses(`dispute:${id}:late_debit`);
    await eventually(async () =>
      expect(kindsOf(await get(intent.id)).slice(0, 3)).toEqual(['hold', 'late_debit', 'debt']),
    );
    expect((await get(intent.id)).needs_attention).toContain('debt-open');
    const [command] = await payments.rows<{ body: string }>('select body from outbox where message_id = $1', [
      `dispute:${id}:debt`,
    ]);
    expect(JSON.parse(command?.body ?? '')).toMatchObject({
      reference: `dispute:${id}:late_debit`,
      postings: [{ source: 'users:42:debt', destination: 'psp:c_one:receivable', amount: '1000' }],
    });
    payments.ledger.available.delete('users:42:main');
  });

  it('that is lost when whoever was paid has the money again is taken from them', async () => {
    const intent = await paid();
    const [{ operation_id: sale }] = intent.attempts;
    await tell(sale, 'opened');
    const id = (await disputeOf(intent.id, 'opened')).dispute.operation.operation_id;
    await ledgerRefuses(`dispute:${id}:hold`);
    await eventually(async () =>
      expect((await get(intent.id)).needs_attention).toContain('dispute-uncovered'),
    );
    await tell(sale, 'lost');
    expect((await disputeOf(intent.id, 'lost')).kinds).toEqual(['hold', 'late_debit']);
    const [command] = await payments.rows<{ body: string }>('select body from outbox where message_id = $1', [
      `dispute:${id}:late_debit`,
    ]);
    expect(JSON.parse(command?.body ?? '')).toMatchObject({
      postings: [{ source: 'users:42:main', destination: 'psp:c_one:receivable', amount: '1000' }],
    });
  });

  it('lost before the refusal of its hold is known ends the same way', async () => {
    const intent = await paid();
    const [{ operation_id: sale }] = intent.attempts;
    await tell(sale, 'opened');
    await tell(sale, 'lost');
    const { dispute } = await disputeOf(intent.id, 'lost');
    const id = dispute.operation.operation_id;
    await ledgerRefuses(`dispute:${id}:hold`);
    await ledgerRefuses(`dispute:${id}:post`);
    await eventually(async () =>
      expect(kindsOf(await get(intent.id)).sort()).toEqual(['hold', 'late_debit', 'post']),
    );
  });

  it('of the same amount as another one is one of its own, by the provider’s id of it', async () => {
    const intent = await paid();
    const [{ operation_id: sale }] = intent.attempts;
    const disputesOf = async () =>
      (await get(intent.id)).disputes.map(({ status, operation }: DisputeView) => ({
        ...{ status, ref: operation.provider_ref },
      }));
    const hear = (disputeRef: string, result: 'pending' | 'failed' | 'succeeded') =>
      payments.hear({
        providerType: 'dispute',
        facts: {
          ...{ operationId: sale, providerRef: 'pi_1', disputeRef, kind: 'chargeback', result },
          ...{ amountMinor: '400', currency: 'TRY' },
        },
      });
    await hear('dp_1', 'pending');
    await hear('dp_2', 'pending');
    await hear('dp_1', 'succeeded');
    await hear('dp_2', 'failed');
    await eventually(async () =>
      expect(await disputesOf()).toEqual([
        { status: 'lost', ref: 'dp_1' },
        { status: 'won', ref: 'dp_2' },
      ]),
    );
    expect(kindsOf(await get(intent.id)).sort()).toEqual(['hold', 'hold', 'post', 'void']);
  });

  it('of a payment that was captured apart is about the capture, which shares its reference', async () => {
    const intent = await authorized();
    const [{ operation_id: authorization }] = intent.attempts;
    const capture = await payments.call('POST', `/v1/payment_intents/${intent.id}/capture`, { body: {} });
    expect(capture.status).toBe(201);
    await eventually(async () => expect((await get(intent.id)).status).toBe('succeeded'));
    // Stripe's authorisation and capture are one payment intent there.
    await payments.rows(
      `update operation set provider_ref = $1 where owner_id = $2 and kind in ('authorize', 'capture')`,
      [`pi_${intent.id}`, intent.id],
    );
    await payments.hear({
      providerType: 'charge.dispute.created',
      facts: {
        ...{ providerRef: `pi_${intent.id}`, disputeRef: 'dp_9', kind: 'chargeback', result: 'pending' },
        ...{ amountMinor: '1000', currency: 'TRY' },
      },
    });
    const { dispute } = await disputeOf(intent.id, 'opened');
    expect(dispute.disputed_operation_id).not.toBe(authorization);
    expect(dispute.operation.provider_ref).toBe('dp_9');
  });

  it('without proof, above its capture, or before it, waits and moves nothing', async () => {
    const intent = await paid();
    const [{ operation_id: sale }] = intent.attempts;
    const { body: early } = await payments.call('POST', '/v1/payment_intents', {
      body: {
        ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: 'early' },
        ...{ confirm: true, payment_method: 'tok', metadata: { 'test.answer': 'pending' } },
      },
    });
    const [{ operation_id: pending }] = early.attempts;
    await tell(sale, 'lost', { verified: false });
    await tell(sale, 'lost', { amountMinor: '1001' });
    await tell(pending, 'opened');
    await eventually(async () => {
      const parked = await payments.rows<{ reason: string }>(
        'select reason from parked_event where operation_id = any($1) order by reason',
        [[sale, pending]],
      );
      expect(parked.map(({ reason }) => reason)).toEqual([
        ...['a dispute above its capture', 'a dispute before its capture', 'a dispute without proof'],
      ]);
    });
    expect((await get(intent.id)).disputes).toEqual([]);
    const facts = { operationId: pending, kind: 'sale', result: 'succeeded', amountMinor: '1000' } as const;
    await payments.hear({ facts: { ...facts, currency: 'TRY' } });
    expect((await disputeOf(early.id, 'opened')).intent.status).toBe('succeeded');
  });

  it('is on the timeline with its webhooks and bookings, and told to other services', async () => {
    const intent = await paid();
    const [{ operation_id: sale }] = intent.attempts;
    await tell(sale, 'opened');
    const { dispute } = await disputeOf(intent.id, 'opened');
    const { body } = await payments.call('GET', `/v1/payment_intents/${intent.id}/timeline`);
    const told = body.data.map(({ source, name }: { source: string; name: string }) => `${source}: ${name}`);
    expect(told).toEqual(expect.arrayContaining(['event: DisputeOpened', 'webhook: webhook pending']));
    const messages = await payments.rows<{ body: string }>(
      `select body from outbox where subject = $1 and topic = 'defter.payments.events.v1'
        order by position desc limit 1`,
      [intent.id],
    );
    const message = JSON.parse(messages[0]?.body ?? '');
    expect(message).toMatchObject({
      ...{ capturedMinor: '1000', refundedMinor: '0', captureMethod: 'automatic' },
      disputes: [{ disputeId: dispute.id, status: 'opened', amountMinor: '1000' }],
    });
    expect(message.operations.at(-1)).toMatchObject({
      ...{ kind: 'chargeback', result: 'pending', parentOperationId: sale },
      ledgerReference: `dispute:${dispute.operation.operation_id}`,
    });
  });
});
