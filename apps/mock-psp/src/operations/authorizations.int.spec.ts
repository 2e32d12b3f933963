import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OperationResult } from '@defter/payments-contracts';
import { mockPsp } from '@defter/provider-mock-psp';
import { eventually } from '@defter/testing';
import { type MockServer, operation, startMockServer } from '../testing/mock-server.js';

let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer();
});
afterAll(() => mock.stop());

const refOf = (result: OperationResult) => ('providerRef' in result ? (result.providerRef ?? '') : '');
const run = async (over: Parameters<typeof operation>[0]) => {
  const asked = operation({ scenario: 'instant', amountMinor: 1_000n, ...over });
  const result = await mockPsp.execute(asked, mock.call());
  return { ...asked, result, providerRef: refOf(result) };
};
/** Events as the adapter reads them, of everything received so far that is about an id. */
const eventsOf = (operationId: string) =>
  mock.receiver.of(operationId).flatMap(({ request }) => mockPsp.webhook.normalize(request));
const told = (operationId: string, ...expected: readonly string[]) =>
  eventually(() => {
    const events = eventsOf(operationId);
    expect(events.map(({ providerType }) => providerType)).toEqual(expected);
    return events;
  });

describe('authorizations', () => {
  it('are captured in parts, the rest voided; each is looked up and told by its own id', async () => {
    const authorized = await run({ kind: 'authorize' });
    expect(authorized.result).toMatchObject({ result: 'succeeded', feeMinor: 0n });
    const parentProviderRef = authorized.providerRef;
    const first = await run({ kind: 'capture', parentProviderRef, amountMinor: 300n });
    const second = await run({ kind: 'capture', parentProviderRef, amountMinor: 200n });
    const voided = await run({ kind: 'void', parentProviderRef, amountMinor: 500n });
    const late = await run({ kind: 'capture', parentProviderRef, amountMinor: 1n });
    expect(late.result).toEqual({ result: 'failed', declineCode: 'authorization-voided' });
    for (const { operationId, result } of [authorized, first, second, voided])
      expect(await mockPsp.lookup(operationId, mock.call())).toEqual(result);
    expect(await mockPsp.lookup(late.operationId, mock.call())).toEqual({ result: 'not_found' });
    await told(authorized.operationId, 'deposit_authorized');
    const [captured] = await told(first.operationId, 'deposit_captured');
    expect(captured?.facts).toMatchObject({ kind: 'capture', result: 'succeeded', amountMinor: 300n });
    await told(voided.operationId, 'deposit_voided');

    const refund = await run({ kind: 'refund', parentProviderRef: first.providerRef, amountMinor: 301n });
    expect(refund.result).toEqual({ result: 'failed', declineCode: 'refund-exceeds-charge' });
    const part = await run({ kind: 'refund', parentProviderRef: first.providerRef, amountMinor: 300n });
    expect(part.result).toMatchObject({ result: 'succeeded' });
  });

  it('captures that race never take more than there is', async () => {
    const { providerRef: parentProviderRef } = await run({ kind: 'authorize' });
    const captures = await Promise.all(
      Array.from({ length: 20 }, () => run({ kind: 'capture', parentProviderRef, amountMinor: 300n })),
    );
    expect(captures.filter(({ result }) => result.result === 'succeeded')).toHaveLength(3);
  });

  it('only money that moved stands in the settlement file', async () => {
    const refs = await mockPsp.reports.list(mock.call());
    const files = await Promise.all(
      refs.map(async (ref) => mockPsp.reports.parse(await mockPsp.reports.fetch(ref, mock.call()), ref)),
    );
    const kinds = files.flat().map(({ kind }) => kind);
    expect([...new Set(kinds)].sort()).toEqual(['capture', 'refund']);
  });

  it('partial: less is approved, and the look-up says the same', async () => {
    const { operationId, result } = await run({ scenario: 'partial:30' });
    expect(result).toMatchObject({ echoed: { amountMinor: 300n } });
    expect(await mockPsp.lookup(operationId, mock.call())).toMatchObject({ echoed: { amountMinor: 300n } });
  });
});

describe('answers that lie or break', () => {
  it('malformed: unknown, booked once', async () => {
    const { operationId, result } = await run({ scenario: 'instant,answer=malformed' });
    expect(result).toMatchObject({ result: 'unknown', reason: expect.stringContaining("can't be read") });
    expect(await mockPsp.lookup(operationId, mock.call())).toMatchObject({ result: 'succeeded' });
  });

  it('wrong_currency: the answer lies, the look-up does not', async () => {
    const { operationId, result } = await run({ scenario: 'instant,answer=wrong_currency' });
    expect(result).toMatchObject({ echoed: { currency: 'USD' } });
    expect(await mockPsp.lookup(operationId, mock.call())).toMatchObject({ echoed: { currency: 'TRY' } });
  });

  it('duplicate_reference: that of the operation before', async () => {
    const { providerRef } = await run({});
    const second = await run({ scenario: 'instant,answer=duplicate_reference' });
    expect(second.providerRef).toBe(providerRef);
    const found = await mockPsp.lookup(second.operationId, mock.call());
    expect('providerRef' in found && found.providerRef !== providerRef).toBe(true);
  });

  it('delay: longer than the caller waits is unknown, and booked', async () => {
    const asked = operation({ scenario: 'instant,answer=delay:5000' });
    expect(await mockPsp.execute(asked, { ...mock.call(), timeoutMs: 100 })).toMatchObject({
      result: 'unknown',
    });
    expect(await mockPsp.lookup(asked.operationId, mock.call())).toMatchObject({ result: 'succeeded' });
  });
});

describe('what happens at the provider without a call', () => {
  const connectionId = 'c_one';

  it('a dispute: opened, with evidence, lost; told as a chargeback of the charge', async () => {
    const charge = await run({});
    const opened = await mock.rehearse('disputes', {
      connectionId,
      operationId: charge.operationId,
      amount: '400',
    });
    const id = String(opened['operation_id']);
    for (const to of ['evidence', 'lost']) await mock.rehearse(`disputes/${id}`, { connectionId, to });
    const events = await told(id, 'dispute_opened', 'dispute_evidence', 'dispute_lost');
    expect(events.map(({ facts }) => facts?.result)).toEqual(['pending', 'pending', 'succeeded']);
    expect(events[0]?.facts).toMatchObject({
      ...{
        kind: 'chargeback',
        operationId: charge.operationId,
        providerRef: opened['id'],
        amountMinor: 400n,
      },
    });
    expect(await mockPsp.lookup(id, mock.call())).toMatchObject({ result: 'succeeded' });
    await expect(mock.rehearse(`disputes/${id}`, { connectionId, to: 'won' })).rejects.toThrow(
      'dispute-is-over',
    );
    await mock.restart();
    expect(await mockPsp.lookup(id, mock.call())).toMatchObject({ result: 'succeeded' });
  });

  it('a payout comes back long after it was paid', async () => {
    const payout = await run({ kind: 'payout' });
    await told(payout.operationId, 'withdraw_paid');
    await mock.rehearse(`payouts/${payout.operationId}/return`, { connectionId });
    await told(payout.operationId, 'withdraw_paid', 'withdraw_returned');
    expect(await mockPsp.lookup(payout.operationId, mock.call())).toMatchObject({ result: 'returned' });
    await expect(mock.rehearse(`payouts/${payout.operationId}/return`, { connectionId })).rejects.toThrow(
      'payout-not-paid',
    );
  });
});

describe('bad input', () => {
  const code = async (path: string, body: object) => {
    const response = await mock.post(path, body, { 'idempotency-key': 'op_bad' });
    const { code, known } = (await response.json()) as { code?: string; known?: string[] };
    return [response.status, code, ...(known === undefined ? [] : [known.includes('webhook=drop')])];
  };
  const body = { amount: '1000', currency: 'TRY', customer: 'cus_1', reference: '' };

  it('is answered with what is wrong, and an unknown scenario with those there are', async () => {
    const named = (scenario: string) => ({ ...body, metadata: { 'mock.scenario': scenario } });
    expect(await code('/v1/charges', named('webhook=dorp'))).toEqual([400, 'scenario-unknown', true]);
    expect(await code('/v1/charges', named('answer=delay,answer=malformed'))).toEqual([
      400,
      'scenario-conflict',
    ]);
    expect(await code('/v1/charges', named('payout=stuck'))).toEqual([400, 'scenario-not-for-kind']);
    expect(await code('/v1/charges', { ...body, instrument: 'tok_test_none' })).toEqual([
      ...[400, 'scenario-unknown', true],
    ]);
    expect(await code('/v1/captures', body)).toEqual([422, 'charge-missing']);
    expect(await code('/v1/captures', { ...body, authorization: 'mp_au_none' })).toEqual([
      422,
      'charge-not-found',
    ]);
    expect(await code('/_test/disputes', { connectionId: 'c_one', operationId: 'op_none' })).toEqual([
      ...[404, 'charge-not-found'],
    ]);
    expect(
      await code('/_test/disputes', { connectionId: 'c_one', operationId: 'op_none', amount: 5 }),
    ).toEqual([...[400, 'malformed']]);
  });

  it('without test endpoints neither the clock moves nor is anything disputed', async () => {
    const plain = await startMockServer({ MOCK_PSP_TEST_ENDPOINTS: 'false' });
    const paths = ['clock/advance', 'clock/stand', 'disputes', 'payouts/op_1/return'];
    const answers = await Promise.all(paths.map((path) => plain.post(`/_test/${path}`, {})));
    await plain.stop();
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });

  it('a full book takes nothing new, and what is in it goes on', async () => {
    const first = await startMockServer();
    const asked = operation({ scenario: 'instant' });
    const taken = await mockPsp.execute(asked, first.call());
    await first.stop();
    const full = await startMockServer({ STATE_DIR: first.stateDir, MOCK_PSP_BOOK_LIMIT_MIB: '0' });
    expect(await mockPsp.execute(operation(), full.call())).toEqual({
      result: 'unknown',
      reason: 'status 503 (book-full)',
    });
    expect(await mockPsp.execute(asked, full.call())).toEqual(taken);
    expect(await mockPsp.lookup(asked.operationId, full.call())).toEqual(taken);
    await full.stop();
  });
});
