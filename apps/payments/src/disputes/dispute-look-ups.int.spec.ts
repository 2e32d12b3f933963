import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LookupResult } from '@defter/payments-contracts';
import { eventually } from '@defter/testing';
import { TestPayments } from '../testing/test-payments.js';

let payments: TestPayments;
/** What the provider says of disputes, by its id of them. */
const said = new Map<string, LookupResult>();
const asked: string[] = [];
beforeAll(async () => {
  const env = { DISPUTE_LOOKUP_AFTER: '50ms', DISPUTE_PATIENCE: '50ms', LOOKUP_LADDER: '50ms,50ms' };
  payments = await TestPayments.start(['http', 'worker'], env);
  const { adapter } = payments.provider;
  const lookup = adapter.lookup.bind(adapter);
  adapter.lookup = (id, call, operation) => {
    if (operation?.kind !== 'chargeback') return lookup(id, call, operation);
    asked.push(id);
    return Promise.resolve(said.get(id) ?? { result: 'unknown', reason: 'time-out' });
  };
});
afterAll(() => payments.stop());

let orders = 0;
const get = async (id: string) => (await payments.call('GET', `/v1/payment_intents/${id}`)).body;
const findsDisputes = (isFound: boolean): void => {
  Object.assign(payments.provider.adapter.manifest, { findsDisputes: isFound ? true : undefined });
};
const echoed = { amountMinor: 1000n, currency: 'TRY' };
/** A payment that is disputed; its events are lost from then on. */
const disputed = async (facts: object = {}) => {
  const ref = `dp_${++orders}`;
  const body = {
    ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: `asked-${orders}` },
    ...{ confirm: true, payment_method: 'tok_visa' },
  };
  const { body: intent } = await payments.call('POST', '/v1/payment_intents', { body });
  await eventually(async () => expect((await get(intent.id)).status).toBe('succeeded'));
  const [{ operation_id: operationId }] = intent.attempts;
  await payments.hear({
    providerType: 'dispute',
    facts: {
      ...{ operationId, providerRef: 'pi', disputeRef: ref, kind: 'chargeback', result: 'pending' },
      ...{ amountMinor: '1000', currency: 'TRY', ...facts },
    },
  });
  await eventually(async () => expect((await get(intent.id)).disputes).toHaveLength(1));
  return { id: intent.id as string, ref };
};
const stands = (id: string, status: string) =>
  eventually(async () => {
    const intent = await get(id);
    expect(intent.disputes[0].status).toBe(status);
    return intent.bookings.map(({ kind }: { kind: string }) => kind).slice(1);
  });
const alarmed = (id: string) =>
  eventually(async () =>
    expect(
      await payments.rows(
        `select from operation where owner_id = $1 and kind = 'chargeback' and alarmed_at is not null
            and next_step is null`,
        [id],
      ),
    ).toHaveLength(1),
  );

describe('an open dispute whose events are lost, at a provider that can be asked', () => {
  it.each([
    ['won', { result: 'failed', declineCode: 'won' }, ['hold', 'void']],
    ['lost', { result: 'succeeded' }, ['hold', 'post']],
    // It was taken and given back: the payee is where they were.
    ['won', { result: 'returned' }, ['hold', 'post', 'return']],
  ] as const)('is %s by a look-up: %j', async (status, told, kinds) => {
    findsDisputes(true);
    const { id, ref } = await disputed();
    said.set(ref, { result: 'pending', providerRef: ref, echoed, isUnderReview: true });
    expect(await stands(id, 'evidence')).toEqual(['hold']);
    said.set(ref, { ...told, providerRef: ref, echoed } as LookupResult);
    expect(await stands(id, status)).toEqual(kinds);
    const looks = asked.filter((one) => one === ref).length;
    expect((await payments.call('POST', `/v1/payment_intents/${id}/resolve`, { body: {} })).body.code).toBe(
      'nothing-to-resolve',
    );
    expect(asked.filter((one) => one === ref)).toHaveLength(looks);
  });

  it('is asked about as long as it answers, and calls people when it does not', async () => {
    findsDisputes(true);
    const { id, ref } = await disputed();
    said.set(ref, { result: 'pending', providerRef: ref, echoed });
    // More often than the ladder has rungs.
    await eventually(() =>
      Promise.resolve(expect(asked.filter((one) => one === ref).length).toBeGreaterThan(5)),
    );
    said.delete(ref);
    await alarmed(id);
    expect(await stands(id, 'opened')).toEqual(['hold']);
    said.set(ref, { result: 'failed', providerRef: ref, declineCode: 'won' });
    expect((await payments.call('POST', `/v1/payment_intents/${id}/resolve`, { body: {} })).status).toBe(201);
    expect(await stands(id, 'won')).toEqual(['hold', 'void']);
  });

  it('that is about other money is flagged, and moves nothing', async () => {
    findsDisputes(true);
    const { id, ref } = await disputed();
    said.set(ref, { result: 'succeeded', providerRef: ref, echoed: { ...echoed, amountMinor: 999n } });
    await eventually(async () => expect((await get(id)).needs_attention).toContain('amount-mismatch'));
    expect(await stands(id, 'opened')).toEqual(['hold']);
  });
});

describe('an inquiry', () => {
  it('holds nothing, and may be refunded; once money is asked back, it is held', async () => {
    findsDisputes(true);
    const { id, ref } = await disputed({ isInquiry: true });
    said.set(ref, { result: 'pending', providerRef: ref, echoed, isInquiry: true });
    expect(await stands(id, 'inquiry')).toEqual([]);
    const intent = await get(id);
    expect(intent.needs_attention).toEqual(['dispute-inquiry']);
    const refund = intent.allowed_actions.find(({ action }: { action: string }) => action === 'refund');
    expect(refund).toMatchObject({ allowed: true });
    said.set(ref, { result: 'pending', providerRef: ref, echoed });
    expect(await stands(id, 'opened')).toEqual(['hold']);
  });
});

describe('an open dispute at a provider that can not be asked', () => {
  it('calls people after a time, is refused to be asked, and ends by its events alone', async () => {
    findsDisputes(false);
    const { id, ref } = await disputed();
    await alarmed(id);
    const refused = await payments.call('POST', `/v1/payment_intents/${id}/resolve`, { body: {} });
    expect(refused).toMatchObject({
      status: 422,
      body: { code: 'operation-not-supported', operationKind: 'chargeback' },
    });
    expect(await stands(id, 'opened')).toEqual(['hold']);
    const { attempts } = await get(id);
    await payments.hear({
      providerType: 'dispute',
      facts: {
        ...{
          operationId: attempts[0].operation_id,
          disputeRef: ref,
          kind: 'chargeback',
          result: 'succeeded',
        },
        ...{ amountMinor: '1000', currency: 'TRY' },
      },
    });
    expect(await stands(id, 'lost')).toEqual(['hold', 'post']);
  });
});
