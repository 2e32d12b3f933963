import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mockPsp } from '@defter/provider-mock-psp';
import { dialectKeys, keys, type MockServer, operation, startMockServer } from '../testing/mock-server.js';

const at = '2026-01-05T08:00:00.000Z';
let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer();
  await mock.rehearse('clock/stand', { at });
});
afterAll(() => mock.stop());

/** Runs a scenario to its end and gives what was received. */
const received = async (
  scenario: string,
  over: Parameters<typeof operation>[0] = {},
  connectionId = 'c_one',
) => {
  const asked = operation({ scenario: `instant,${scenario}`, ...over });
  const before = mock.receiver.all.length;
  await mockPsp.execute(asked, mock.call(connectionId));
  await mock.rehearse('clock/advance', { ms: 60_000 });
  return { ...asked, sent: mock.receiver.all.slice(before) };
};
const verdicts = async (scenario: string) => {
  const { sent } = await received(scenario);
  const { now } = (await (await mock.get('/_test/clock')).json()) as { now: string };
  return sent.map(({ request }) => mockPsp.webhook.verify(request, [keys.current], new Date(now)));
};
const invalid = (reason: string) => [{ valid: false, reason }];

describe('a flawed webhook of the mock’s own dialect', () => {
  it.each([
    ['bad_signature', 'signature_mismatch'],
    ['old_time', 'timestamp_out_of_tolerance'],
    ['future_time', 'timestamp_out_of_tolerance'],
    ['boundary_shift', 'signature_mismatch'],
  ])('%s is refused, comes once, and look-up tells', async (flaw, reason) => {
    expect(await verdicts(`webhook=${flaw}`)).toEqual(invalid(reason));
  });

  it('unsigned_field is genuine, and its lie changes nothing', async () => {
    const { sent } = await received('webhook=unsigned_field', { kind: 'payout' });
    expect(sent.map(({ request }) => request.headers['mock-event-type'])).toEqual(['deposit_captured']);
    expect(sent.flatMap(({ request }) => mockPsp.webhook.normalize(request))).toMatchObject([
      { providerType: 'withdraw_paid', facts: { kind: 'payout' } },
    ]);
  });

  it('unknown_type comes first and has no facts', async () => {
    const { sent } = await received('webhook=unknown_type');
    const events = sent.flatMap(({ request }) => mockPsp.webhook.normalize(request));
    expect(events.map(({ providerType, facts }) => [providerType, facts?.result])).toEqual(
      expect.arrayContaining([
        ['rehearsal_announced', undefined],
        ['deposit_captured', 'succeeded'],
      ]),
    );
    expect(new Set(events.map(({ uniqueKey }) => uniqueKey)).size).toBe(2);
  });

  it('huge is genuine and larger than 2 MB', async () => {
    const { sent } = await received('webhook=huge');
    expect(sent.map(({ request }) => request.body.length > 2_000_000)).toEqual([true]);
    expect(sent.flatMap(({ request }) => mockPsp.webhook.normalize(request))).toHaveLength(1);
  });

  it('other_content: both are genuine, with one key and two amounts', async () => {
    const { sent } = await received('webhook=other_content');
    const events = sent.flatMap(({ request }) => mockPsp.webhook.normalize(request));
    expect(events.map(({ facts }) => facts?.amountMinor)).toEqual([1_234n, 1_235n]);
    expect(new Set(events.map(({ uniqueKey }) => uniqueKey)).size).toBe(1);
  });

  it('batch: one request, several events, the first one this operation’s', async () => {
    const { operationId: earlier } = await received('webhook=duplicate:1');
    const { operationId, sent } = await received('webhook=batch:2');
    const events = sent.flatMap(({ request }) => mockPsp.webhook.normalize(request));
    expect([sent.length, events.map(({ facts }) => facts?.operationId)]).toEqual([1, [operationId, earlier]]);
    const [one = ''] = sent.map(({ request }) => request.headers['mock-signature']);
    expect(one).toMatch(/^t=/);
  });
});

describe('other dialects', () => {
  it.each(Object.keys(dialectKeys))(
    '%s: a payment is told at the connection’s own address',
    async (provider) => {
      const { sent } = await received('webhook=duplicate:1', {}, `c_${provider}`);
      expect(sent.map(({ request }) => request.path)).toEqual(
        Array(2).fill(`/api/v1/payments/webhook/${provider}/c_${provider}`),
      );
      const [first, again] = sent.map(({ request }) => Buffer.from(request.body).toString());
      if (provider !== 'adyen') expect(again).toBe(first);
    },
  );

  it('adyen: a batch of three items', async () => {
    for (const _ of [1, 2]) await received('webhook=duplicate:1', {}, 'c_adyen');
    const { sent } = await received('webhook=batch:3', {}, 'c_adyen');
    const bodies = sent.map(({ request }) => Buffer.from(request.body).toString());
    expect(bodies.map((body) => body.match(/hmacSignature/g)?.length)).toEqual([3]);
  });

  it('what a dialect has no words for is done without being sent', async () => {
    const { sent } = await received('webhook=duplicate:1', { kind: 'payout' }, 'c_iyzico');
    expect(sent).toEqual([]);
    const book = (await (await mock.get('/_test/book?connectionId=c_iyzico')).json()) as {
      data: { webhooks_open: number }[];
    };
    expect(book.data.every(({ webhooks_open }) => webhooks_open === 0)).toBe(true);
  });

  it('a live tenant’s connection doesn’t exist here', async () => {
    expect((await mock.get('/v1/settlements', 'c_live')).status).toBe(401);
  });
});
