import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RequestMethod } from '@nestjs/common';
import { eventually, showsRegex } from '@defter/testing';
import { service } from './service.js';
import { addressesOf, type BadCase, bodiesOf } from './testing/bad-cases.js';
import { endpoints, intent, type KnownIds, settlement } from './testing/bad-endpoints.js';
import { TestPayments, tokens } from './testing/test-payments.js';

let payments: TestPayments;
let ids: KnownIds;
let before: string;

beforeAll(async () => {
  // However slow this is, nothing but the requests changes a booking meanwhile.
  payments = await TestPayments.start(['http', 'worker'], { BOOKING_RETRY: '1h' });
  const body = { ...intent, merchant_reference: 'seed', confirm: true };
  const { body: paid } = await payments.call('POST', '/v1/payment_intents', { body });
  await eventually(async () => {
    const { body: now } = await payments.call('GET', `/v1/payment_intents/${paid.id}`);
    expect(now.status).toBe('succeeded');
  });
  await payments.bookDeposits();
  const { body: refunded } = await payments.call('POST', '/v1/refunds', {
    body: { payment_intent: paid.id, amount_minor: 100 },
  });
  await eventually(async () => {
    const { body: now } = await payments.call('GET', `/v1/refunds/${refunded.id}`);
    expect(now.status).toBe('succeeded');
  });
  const asked = { body: settlement, token: tokens.ayse };
  const { body: settled } = await payments.call('POST', '/v1/settlements', asked);
  ids = { pi: paid.id, re: refunded.id, st: settled.id };
  // Nothing is under way any more.
  await eventually(async () => {
    expect(await payments.rows('select from outbox where published_at is null')).toHaveLength(0);
    before = await digest();
  });
}, 180_000);
afterAll(() => payments.stop());

const MONEY_TABLES = [
  ...['stream', 'stream_event', 'outbox', 'payment_intent', 'payout', 'refund', 'settlement', 'operation'],
  ...['observation', 'booking', 'provider_call', 'idempotency_key', 'payout_request'],
];
const digest = async (): Promise<string> => {
  const lines = [];
  for (const table of MONEY_TABLES) {
    const sql = `select md5(string_agg(row::text, '' order by row::text)) as digest from ${table} row`;
    lines.push(`${table} ${(await payments.rows<{ digest: string }>(sql))[0]?.digest}`);
  }
  return lines.join('\n');
};

/** Routes of the running service's controllers, as Nest knows them. */
const routesOf = (prefixes: readonly string[]): readonly string[] => {
  const { controllers = [] } = service.roles['http']?.module({} as never) ?? {};
  return controllers.flatMap((controller) => {
    const base = String(Reflect.getMetadata('path', controller));
    if (!prefixes.some((prefix) => base === prefix)) return [];
    const prototype = controller.prototype as Record<string, object>;
    return Object.getOwnPropertyNames(prototype).flatMap((name) => {
      const method: unknown = Reflect.getMetadata('method', prototype[name] ?? {});
      if (typeof method !== 'number') return [];
      const path = String(Reflect.getMetadata('path', prototype[name] ?? {}));
      return [`${RequestMethod[method]} ${base}${path === '/' ? '' : `/${path}`}`];
    });
  });
};

it('is tried at every endpoint of intents, refunds and settlements', () => {
  const known = routesOf(['v1/payment_intents', 'v1/refunds', 'v1/settlements']);
  expect(endpoints.map(({ route }) => route).sort()).toEqual([...known].sort());
});

const send = async (method: string, { path, raw, token = tokens.machine, key }: BadCase, index: number) => {
  const response = await fetch(`${payments.instances[0]?.url}${path}`, {
    method,
    headers: {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...(raw === undefined ? {} : { 'content-type': 'application/json' }),
      ...(method === 'GET' || key === null ? {} : { 'idempotency-key': key ?? `bad-${index}` }),
    },
    ...(raw === undefined ? {} : { body: raw }),
  });
  return { status: response.status, body: JSON.parse(await response.text()) as Record<string, unknown> };
};

describe('bad input', () => {
  it.each(endpoints)('to $route is answered clearly and changes nothing', async (endpoint) => {
    const [method = ''] = endpoint.route.split(' ');
    const path = endpoint.path(ids);
    const cases: readonly BadCase[] = [
      ...bodiesOf(endpoint, ids),
      ...addressesOf(endpoint, ids),
      ...(endpoint.queries ?? []).map((query) => ({ what: query, path: `${path}?${query}`, expected: 400 })),
    ];
    const answers = await Promise.all(
      cases.map(async (one, index) => {
        const { status, body } = await send(method, { path, ...one }, index);
        const isClear =
          typeof body['title'] === 'string' && typeof body['code'] === 'string' && body['status'] === status;
        const names = status !== 400 || Array.isArray(body['errors']);
        // The digits of the card; a trace may have them by chance.
        const { traceId: _, ...said } = body;
        const isSilent = !JSON.stringify(said).includes('4242');
        const isSaid = !showsRegex(JSON.stringify(body['errors'] ?? []));
        const isRight = isClear && names && isSilent && isSaid;
        return `${one.what}: ${status} ${isRight ? 'clear' : JSON.stringify(body)}`;
      }),
    );
    expect(answers).toEqual(cases.map(({ what, expected }) => `${what}: ${expected} clear`));
    expect(await digest()).toBe(before);
  });

  it('is a card number as a key, too, on every way to spend one', async () => {
    const idempotencyKey = '4242424242424242';
    const payout = { amount_minor: 100, currency: 'TRY', customer_id: '42', destination: 'acct_7' };
    const refund = { payment_intent: ids.pi, amount_minor: 1 };
    const post = (path: string, body: object) =>
      payments.call('POST', `/v1/${path}`, { body, idempotencyKey });
    const answers = [
      await post('payment_intents', { ...intent, merchant_reference: 'carded' }),
      await post('refunds', refund),
      await post('payouts', payout),
    ];
    expect(answers.map(({ status, body }) => [status, body.errors?.[0].type])).toEqual(
      answers.map(() => [400, 'card-number']),
    );
    expect(await digest()).toBe(before);
  });

  it('that is refused by a rule changes nothing either', async () => {
    const post = (path: string, body: object, token = tokens.machine) =>
      payments.call('POST', `/v1/${path}`, { body, token });
    const refusals = [
      await post('payment_intents', { ...intent, merchant_reference: 'seed' }),
      await post('payment_intents', { ...intent, connection_id: 'c_none', confirm: true }),
      await post('payment_intents', { ...intent, currency: 'JPY', confirm: true }),
      await post(`payment_intents/${ids.pi}/confirm`, { payment_method: 'tok' }),
      await post(`payment_intents/${ids.pi}/capture`, {}),
      await post(`payment_intents/${ids.pi}/cancel`, {}),
      await post(`payment_intents/${ids.pi}/resolve`, {}),
      await post('refunds', { payment_intent: ids.pi, amount_minor: 901 }),
      await post('refunds', { payment_intent: ids.pi, operation_id: `op_${'0'.repeat(32)}` }),
      await post(`refunds/${ids.re}/retry`, {}),
      await post(`refunds/${ids.re}/resolve`, {}),
      await post('settlements', { ...settlement, amount_minor: 901 }, tokens.ayse),
      await post('settlements', { ...settlement, connection_id: 'c_none' }, tokens.ayse),
      await post('settlements', settlement),
    ];
    expect(refusals.map(({ status, body }) => `${status} ${body.code}`)).toEqual([
      ...['409 merchant-reference-taken', '422 connection-unknown', '422 currency-not-supported'],
      ...['409 intent-settled', '409 intent-settled', '409 intent-settled', '409 nothing-to-resolve'],
      ...['422 refund-above-captured', '404 operation-unknown'],
      ...['409 refund-not-retryable', '409 refund-not-resolvable'],
      ...['409 settlement-reference-taken', '422 connection-unknown', '403 person-required'],
    ]);
    // What was refused is remembered under its key, and nothing else.
    const withoutKeys = (text: string) => text.replace(/idempotency_key .*/, '');
    expect(withoutKeys(await digest())).toBe(withoutKeys(before));
  });
});
