import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mockPsp } from '@defter/provider-mock-psp';
import { eventually } from '@defter/testing';
import { keys, type MockServer, operation, startMockServer } from '../testing/mock-server.js';

let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer();
});
afterAll(() => mock.stop());

const short = () => ({ ...mock.call(), timeoutMs: 300 });
const received = (operationId: string, count: number) =>
  eventually(() => {
    const all = mock.receiver.of(operationId);
    expect(all.length).toBeGreaterThanOrEqual(count);
    return all.map(({ json }) => json.type);
  });
const finalLookup = (operationId: string, result: string) =>
  eventually(async () => {
    const found = await mockPsp.lookup(operationId, mock.call());
    expect(found.result).toBe(result);
    return found;
  });

describe('the outcome', () => {
  it('approve: pending, then a webhook and a look-up that say succeeded', async () => {
    const asked = operation({ amountMinor: 90071992547409931234n });
    const answer = await mockPsp.execute(asked, mock.call());
    const echoed = { amountMinor: 90071992547409931234n, currency: 'TRY' };
    expect(answer).toMatchObject({ result: 'pending', echoed, feeMinor: 2251799813685248291n });
    expect(await received(asked.operationId, 1)).toEqual(['deposit_captured']);
    expect(await mockPsp.lookup(asked.operationId, mock.call())).toMatchObject({
      result: 'succeeded',
      echoed,
    });
  });

  it('instant and decline: known at once, and told by webhook', async () => {
    const [instant, declined] = [
      operation({ scenario: 'instant' }),
      operation({ scenario: 'decline:lost_card' }),
    ];
    expect(await mockPsp.execute(instant, mock.call())).toMatchObject({ result: 'succeeded' });
    expect(await mockPsp.execute(declined, mock.call())).toMatchObject({
      result: 'declined',
      declineCode: 'lost_card',
    });
    expect(await received(instant.operationId, 1)).toEqual(['deposit_captured']);
    expect(await received(declined.operationId, 1)).toEqual(['deposit_failed']);
  });

  it('payouts are paid, refused by the bank, or paid and returned', async () => {
    const payout = (scenario: string) => operation({ kind: 'payout', scenario });
    const [paid, refused, returned] = [
      payout('approve'),
      payout('payout.decline:no_account'),
      payout('payout.returned'),
    ];
    for (const each of [paid, refused, returned]) {
      expect(await mockPsp.execute(each, mock.call())).toMatchObject({ result: 'pending' });
    }
    expect(await received(paid.operationId, 1)).toEqual(['withdraw_paid']);
    expect(await received(refused.operationId, 1)).toEqual(['withdraw_failed']);
    expect(await received(returned.operationId, 2)).toEqual(['withdraw_paid', 'withdraw_returned']);
    expect(await finalLookup(refused.operationId, 'failed')).toMatchObject({ declineCode: 'no_account' });
    expect(await finalLookup(returned.operationId, 'returned')).toMatchObject({
      echoed: { amountMinor: 1_234n },
    });
  });

  it('a refund of a charge is told, and too large a one refused before anything happens', async () => {
    const charge = await mockPsp.execute(operation({ scenario: 'instant' }), mock.call());
    const parentProviderRef = 'providerRef' in charge ? (charge.providerRef ?? '') : '';
    const refund = (amountMinor: bigint) => operation({ kind: 'refund', parentProviderRef, amountMinor });
    const [part, tooMuch] = [refund(1_000n), refund(235n)];
    expect(await mockPsp.execute(part, mock.call())).toMatchObject({ result: 'pending', feeMinor: 0n });
    expect(await received(part.operationId, 1)).toEqual(['refund_succeeded']);
    expect(await mockPsp.execute(tooMuch, mock.call())).toEqual({
      result: 'failed',
      declineCode: 'refund-exceeds-charge',
    });
    expect(await mockPsp.lookup(tooMuch.operationId, mock.call())).toEqual({ result: 'not_found' });
  });
});

describe('the answer', () => {
  it('timeout_before: unknown and never booked; the next call is taken', async () => {
    const asked = operation({ scenario: 'answer.timeout_before' });
    expect(await mockPsp.execute(asked, short())).toMatchObject({ result: 'unknown' });
    expect(await mockPsp.lookup(asked.operationId, mock.call())).toEqual({ result: 'not_found' });
    expect(await mockPsp.execute(asked, mock.call())).toMatchObject({ result: 'pending' });
  });

  it.each(['answer.timeout_after', 'answer.500_after'])(
    '%s: unknown, but booked once; the webhook comes',
    async (scenario) => {
      const asked = operation({ scenario });
      expect(await mockPsp.execute(asked, short())).toMatchObject({ result: 'unknown' });
      expect(await received(asked.operationId, 1)).toEqual(['deposit_captured']);
      const found = await finalLookup(asked.operationId, 'succeeded');
      expect(await mockPsp.execute(asked, mock.call())).toEqual(found);
    },
  );

  it('wrong_amount: the answer lies, look-up and webhook do not', async () => {
    const asked = operation({ scenario: 'answer.wrong_amount' });
    expect(await mockPsp.execute(asked, mock.call())).toMatchObject({ echoed: { amountMinor: 1_235n } });
    await received(asked.operationId, 1);
    expect(mock.receiver.of(asked.operationId)[0]?.json.operation).toMatchObject({ amount: '1234' });
    expect(await mockPsp.lookup(asked.operationId, mock.call())).toMatchObject({
      echoed: { amountMinor: 1_234n },
    });
  });

  it('a call that is left waiting does not keep the server from stopping', async () => {
    const other = await startMockServer();
    const waiting = mockPsp.execute(operation({ scenario: 'answer.timeout_after' }), {
      ...other.call(),
      timeoutMs: 30_000,
    });
    await eventually(async () => {
      const book = (await (await other.get('/_test/book')).json()) as { data: unknown[] };
      expect(book.data).toHaveLength(1);
    });
    const began = performance.now();
    await other.stop();
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(await waiting).toMatchObject({ result: 'unknown' });
  });
});

describe('who may call, and with what', () => {
  const body = { amount: '1000', currency: 'TRY', customer: 'cus_1', reference: '' };
  const post = async (
    over: object,
    headers: Record<string, string> = { 'idempotency-key': 'op_x' },
    path = '/v1/charges',
  ) => {
    const response = await mock.post(path, { ...body, ...over }, headers);
    return [response.status, ((await response.json()) as { code?: string }).code];
  };

  it('no key, an unknown key: 401', async () => {
    expect(await post({}, { authorization: '' })).toEqual([401, 'unauthenticated']);
    expect(await post({}, { authorization: 'Bearer key_c_three' })).toEqual([401, 'unauthenticated']);
    expect((await fetch(`${mock.running.url}/v1/settlements`)).status).toBe(401);
  });

  it('another connection sees nothing of it', async () => {
    const asked = operation();
    await mockPsp.execute(asked, mock.call('c_one'));
    expect(await mockPsp.lookup(asked.operationId, mock.call('c_two'))).toEqual({ result: 'not_found' });
    expect(await mockPsp.execute({ ...asked, amountMinor: 5n }, mock.call('c_two'))).toMatchObject({
      result: 'pending',
    });
  });

  it.each([
    ['a number', 1000],
    ['a fraction', '10.5'],
    ['an exponent', '1e3'],
    ['a minus', '-1'],
    ['zero', '0'],
    ['other digits', '١٢'],
    ['a leading zero', '01'],
    ['nothing', null],
  ])('an amount as %s: 400', async (_, amount) => expect(await post({ amount })).toEqual([400, 'malformed']));

  it('unknown fields, currencies, scenarios; a missing or reused key: each its own problem', async () => {
    expect(await post({ extra: 1 })).toEqual([400, 'malformed']);
    expect(await post({ currency: 'XXX' })).toEqual([400, 'malformed']);
    expect(await post({ metadata: { a: 1 } })).toEqual([400, 'malformed']);
    expect(await post({ metadata: { 'mock.scenario': 'aprove' } })).toEqual([400, 'scenario-unknown']);
    expect(await post({ instrument: 'visa' })).toEqual([400, 'instrument-unknown']);
    expect(await post({ instrument: 'TR33' }, undefined, '/v1/payouts')).toEqual([400, 'instrument-unknown']);
    expect(await post({}, {})).toEqual([400, 'malformed']);
    expect(await post({}, { 'idempotency-key': 'a b' })).toEqual([400, 'malformed']);
    expect(await post({}, { 'idempotency-key': 'op_reused' })).toEqual([201, undefined]);
    expect(await post({ amount: '1001' }, { 'idempotency-key': 'op_reused' })).toEqual([
      409,
      'operation-id-reused',
    ]);
    expect(await post({}, { 'idempotency-key': 'op_reused' }, '/v1/payouts')).toEqual([
      409,
      'operation-id-reused',
    ]);
  });

  it('the adapter says in words what was wrong with a request, and what there is instead', async () => {
    const scenario = await mockPsp.execute(operation({ scenario: 'aprove' }), mock.call());
    expect(scenario).toMatchObject({
      result: 'failed',
      declineCode: expect.stringMatching(
        /^scenario-unknown: There is no such scenario: outcome=aprove; known are outcome=approve, /,
      ),
    });
    const card = await mockPsp.execute({ ...operation(), instrument: 'tok_vsia' }, mock.call());
    expect(card).toMatchObject({
      result: 'failed',
      declineCode: expect.stringMatching(
        /^instrument-unknown: There is no such payment method; known are tok_visa, .*IBAN/,
      ),
    });
  });

  it('a reused id is unknown to the adapter: something was booked under it', async () => {
    const asked = operation();
    await mockPsp.execute(asked, mock.call());
    expect(await mockPsp.execute({ ...asked, amountMinor: 1n }, mock.call())).toMatchObject({
      result: 'unknown',
    });
  });

  it('without test endpoints there are none', async () => {
    const plain = await startMockServer({ MOCK_PSP_TEST_ENDPOINTS: 'false' });
    const { status } = await plain.get('/_test/book');
    await plain.stop();
    expect(status).toBe(404);
  });
});

it('the signing keys of a rotating connection each sign', async () => {
  const asked = operation();
  await mockPsp.execute(asked, mock.call('c_two'));
  await received(asked.operationId, 1);
  const request = mock.receiver.of(asked.operationId)[0]?.request ?? {
    path: '',
    headers: {},
    body: Buffer.alloc(0),
  };
  for (const key of [keys.current, keys.next]) {
    expect(mockPsp.webhook.verify(request, [key], new Date())).toEqual({ valid: true, keyId: key.id });
  }
});
