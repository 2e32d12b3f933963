import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { persistently, type Stage, until } from '@defter/cli';
import { databaseUrl } from '@defter/embedded';
import { send, startWorld, type World } from './world.js';

let world: World;
let stage: Stage;
let stranger: Stage;
let books: pg.Client;
let payments: pg.Client;
let before: string;

beforeAll(async () => {
  world = await startWorld();
  stage = world.stage('t_input');
  stranger = world.stage('t_stranger');
  const body = {
    amount_minor: 5_000,
    currency: 'TRY',
    customer_id: 'c1',
    merchant_reference: 'seed',
    confirm: true,
  };
  const intent = await persistently(() =>
    stage.payments.createIntent({ ...body, payment_method: 'tok_visa' }, 'seed'),
  );
  await until('the booking', async () => {
    const { bookings } = await stage.payments.intent(intent.id);
    return bookings.some(({ state }) => state === 'booked') ? true : undefined;
  });
  const open = (database: string) =>
    new pg.Client({ connectionString: databaseUrl(world.stack.postgres.url, database, 'migrator') });
  [books, payments] = [open('ledger'), open('payments')];
  await Promise.all([books.connect(), payments.connect()]);
  before = await digest();
}, 180_000);

afterAll(async () => {
  await Promise.all([books?.end(), payments?.end()]);
  await world?.stop();
});

const MONEY_TABLES = [
  'event',
  'posting',
  'balance',
  'transaction',
  'hold',
  'ledger_head',
  'refused_key',
  'batch',
];
const PAYMENT_TABLES = ['stream_event', 'outbox', 'payment_intent', 'payout', 'operation', 'idempotency_key'];

/** One digest over every table that holds money or leads to it. */
const digest = async (): Promise<string> => {
  const of = async (client: pg.Client, tables: readonly string[]): Promise<string[]> => {
    const lines: string[] = [];
    for (const table of tables) {
      const sql = `select md5(string_agg(row::text, '' order by row::text)) as digest from "${table}" row`;
      lines.push(`${table} ${(await client.query<{ digest: string | null }>(sql)).rows[0]?.digest}`);
    }
    return lines;
  };
  return [...(await of(books, MONEY_TABLES)), ...(await of(payments, PAYMENT_TABLES))].join('\n');
};

const intent = (amount: string, more = ''): string =>
  `{"amount_minor":${amount},"currency":"TRY","customer_id":"c1","merchant_reference":"bad",` +
  `"confirm":false${more}}`;
const payout = (amount: string): string =>
  `{"amount_minor":${amount},"currency":"TRY","customer_id":"c1","destination":"TR330006100519786457841326"}`;
const TWO_MB = 2_000_000;

type Expected = [status: number, code: string];
type Case = [name: string, where: 'payment_intents' | 'payouts', raw: string, expected: Expected];
const cases: Case[] = [
  ['malformed JSON', 'payment_intents', '{"amount_minor":', [400, 'malformed']],
  ['an amount as a float', 'payment_intents', intent('10.5'), [400, 'malformed']],
  ['an amount as an exponent', 'payment_intents', intent('1e3'), [400, 'malformed']],
  ['a negative amount', 'payment_intents', intent('-1'), [400, 'malformed']],
  ['an unknown field', 'payment_intents', intent('1', ',"amount":1'), [400, 'malformed']],
  [
    'a card number',
    'payment_intents',
    intent('1', ',"payment_method":"4242424242424242"'),
    [400, 'malformed'],
  ],
  ['a body of 2 MB', 'payment_intents', intent('1', `,"x":"${'y'.repeat(TWO_MB)}"`), [413, 'too-large']],
  ['a payout as a float', 'payouts', payout('0.1'), [400, 'malformed']],
  ['a payout of a negative amount', 'payouts', payout('-5'), [400, 'malformed']],
];

describe('bad input to the running system', () => {
  it.each(cases)(
    '%s to /v1/%s is refused in words, and no money table changes',
    async (_, where, raw, expected) => {
      const token = where === 'payouts' ? stage.tenant.people[0]?.token : stage.tenant.apiKey;
      const headers = { 'idempotency-key': `bad-${Math.random()}` };
      const answer = await send(`${world.urls.payments}/v1/${where}`, { token: token ?? '', raw, headers });
      expect([answer.status, answer.body.code]).toEqual(expected);
      expect(answer.body.title).toEqual(expect.any(String));
      expect(await digest()).toBe(before);
    },
  );

  it('no key, an unknown key, the wrong scope', async () => {
    const url = `${world.urls.payments}/v1/payouts`;
    const headers = { 'idempotency-key': 'scope' };
    const raw = payout('1');
    expect((await send(url, { raw, headers })).status).toBe(401);
    expect((await send(url, { raw, headers, token: 'dk_nobody' })).status).toBe(401);
    const machine = await send(url, { raw, headers, token: stage.tenant.apiKey });
    expect([machine.status, machine.body.code]).toEqual([403, 'scope-missing']);
    expect(await digest()).toBe(before);
  });

  it("another tenant's payment, payout list and ledger are not there", async () => {
    const token = stranger.tenant.apiKey;
    for await (const { id } of stage.payments.intents()) {
      expect(
        (await send(`${world.urls.payments}/v1/payment_intents/${id}`, { method: 'GET', token })).status,
      ).toBe(404);
    }
    const raw = '{"postings":[{"source":"users:c1:main","destination":"x","amount":1,"asset":"TRY/2"}]}';
    const write = await send(`${world.urls.ledger}/v2/main/transactions`, { token, raw });
    expect([write.status, write.body.code]).toEqual([404, 'ledger-not-found']);
    expect(await digest()).toBe(before);
  });

  it('a webhook with a wrong signature, of an unknown provider or connection, of 2 MB', async () => {
    const ingress = world.stack.service('webhook-ingress').url;
    const { webhookPath } = stage.tenant.connection;
    const t = Math.floor(Date.now() / 1000);
    const headers = { 'mock-signature': `t=${t},v1=${'0'.repeat(64)}` };
    const raw = '{"id":"evt_1","type":"deposit_captured"}';
    const base = '/api/v1/payments/webhook';
    const paths: [string, string, number][] = [
      [webhookPath, raw, 401],
      [`${base}/no-such-psp`, raw, 404],
      [`${base}/mock-psp/c_nobody`, raw, 404],
      [webhookPath, 'x'.repeat(TWO_MB), 413],
    ];
    for (const [path, body, status] of paths) {
      const answer = await send(`${ingress}${path}`, { raw: body, headers });
      expect([path, answer.status]).toEqual([path, status]);
      expect(answer.body.code).toEqual(expect.any(String));
    }
    expect(await digest()).toBe(before);
  });

  it('an unknown account in strict mode; an amount far above 2^53 goes through to the digit', async () => {
    const token = stage.tenant.apiKey;
    const ledger = `${world.urls.ledger}/v2/strict`;
    const rules = '{"strict":true,"accountTypes":[{"pattern":"users:*"}]}';
    expect((await send(ledger, { token, raw: rules })).body.code).toBe('scope-missing');
    expect((await send(ledger, { token: stage.tenant.operatorKey, raw: rules })).status).toBe(204);
    const posting = (to: string) =>
      `{"postings":[{"source":"world","destination":"${to}",` +
      `"amount":12345678901234567890123,"asset":"ETH/18"}]}`;
    const before = await digest();
    const unknown = await send(`${ledger}/transactions`, { token, raw: posting('people:1') });
    expect([unknown.status, unknown.body.code]).toEqual([422, 'account-unknown']);
    expect(await digest()).toBe(before);
    expect((await send(`${ledger}/transactions`, { token, raw: posting('users:1') })).status).toBe(200);
    expect((await stage.ledger.balances('strict', 'users:1'))[0]?.posted).toBe(12345678901234567890123n);
  });
});
