import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RequestMethod } from '@nestjs/common';
import { eventually } from '@defter/testing';
import { service } from './service.js';
import { TestPayments, tokens } from './testing/test-payments.js';

let payments: TestPayments;
let ids: { readonly pi: string; readonly re: string; readonly st: string };
let before: string;

beforeAll(async () => {
  payments = await TestPayments.start();
  const body = { ...intent, merchant_reference: 'seed', confirm: true };
  const { body: paid } = await payments.call('POST', '/v1/payment_intents', { body });
  await eventually(async () => {
    const { body: now } = await payments.call('GET', `/v1/payment_intents/${paid.id}`);
    expect(now.status).toBe('succeeded');
  });
  const { body: refunded } = await payments.call('POST', '/v1/refunds', {
    body: { payment_intent: paid.id, amount_minor: 100 },
  });
  await eventually(async () => {
    const { body: now } = await payments.call('GET', `/v1/refunds/${refunded.id}`);
    expect(now.status).toBe('succeeded');
  });
  const { body: settled } = await payments.call('POST', '/v1/settlements', { body: settlement });
  ids = { pi: paid.id, re: refunded.id, st: settled.id };
  // Nothing is under way any more.
  await eventually(async () => {
    expect(await payments.rows('select from outbox where published_at is null')).toHaveLength(0);
    before = await digest();
  });
});
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

const intent = {
  ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: 'bad' },
  payment_method: 'tok_visa',
};
const settlement = { connection_id: 'c_one', reference: 'st-1', amount_minor: 900, currency: 'TRY' };
const CARD = '4242 4242 4242 4242';
const NUMBERS = [-1, 1.5, 'x', '', true, {}, [], '1e3', ' 1', '0x1', '9'.repeat(79)];
const TEXTS = [
  7,
  true,
  {},
  [],
  '',
  '\u0001',
  'x'.repeat(3_000),
  CARD,
  CARD.replaceAll(' ', '-'),
  `pay ${CARD}`,
];
const METADATA = [
  7,
  'x',
  [],
  { a: 1 },
  { a: { b: 'c' } },
  { a: CARD },
  { [CARD]: 'a' },
  { a: 'x'.repeat(513) },
];

type Values = readonly unknown[];
interface Endpoint {
  readonly route: string;
  readonly path: (known: typeof ids) => string;
  /** A body that is accepted, or would be if the state allowed it. */
  readonly body?: (known: typeof ids) => Record<string, unknown>;
  readonly required?: readonly string[];
  /** Per field: values that are refused. */
  readonly fields?: Readonly<Record<string, Values>>;
  readonly queries?: readonly string[];
}

const segment = [...TEXTS, 'a:b', 'a b', 'ä'];
const lists = ['page_size=0', 'page_size=x', 'cursor=abc', 'cursor=%00', 'unknown=1'];
const endpoints: readonly Endpoint[] = [
  {
    route: 'POST v1/payment_intents',
    path: () => '/v1/payment_intents',
    body: () => intent,
    required: ['amount_minor', 'currency', 'customer_id', 'merchant_reference'],
    fields: {
      amount_minor: [...NUMBERS, 0],
      currency: [...TEXTS, 'try', 'XXXX', 'ZZZ'],
      customer_id: segment,
      merchant_reference: TEXTS,
      merchant_id: segment,
      // On its own it belongs to no merchant.
      instalment_surcharge_minor: [...NUMBERS, 1],
      capture_method: [...TEXTS, 'later'],
      confirm: ['yes', 1, {}],
      payment_method: TEXTS,
      return_url: [...TEXTS, 'ftp://x', 'javascript:alert(1)', 'https://a:b@c', '/back'],
      connection_id: segment,
      metadata: METADATA,
    },
  },
  {
    route: 'POST v1/payment_intents/:id/confirm',
    path: ({ pi }) => `/v1/payment_intents/${pi}/confirm`,
    body: () => ({ payment_method: 'tok' }),
    fields: { payment_method: TEXTS, return_url: [...TEXTS, 'x'], connection_id: segment },
  },
  {
    route: 'POST v1/payment_intents/:id/capture',
    path: ({ pi }) => `/v1/payment_intents/${pi}/capture`,
    body: () => ({ amount_minor: 1 }),
    fields: { amount_minor: [...NUMBERS, 0], metadata: METADATA },
  },
  {
    route: 'POST v1/payment_intents/:id/cancel',
    path: ({ pi }) => `/v1/payment_intents/${pi}/cancel`,
    body: () => ({}),
  },
  {
    route: 'POST v1/payment_intents/:id/resolve',
    path: ({ pi }) => `/v1/payment_intents/${pi}/resolve`,
    body: () => ({}),
  },
  {
    route: 'GET v1/payment_intents',
    path: () => '/v1/payment_intents',
    queries: [...lists, 'status=paid', 'customer_id=a:b', 'customer_id=%00', 'merchant_reference=%00'],
  },
  { route: 'GET v1/payment_intents/:id', path: ({ pi }) => `/v1/payment_intents/${pi}` },
  { route: 'GET v1/payment_intents/:id/timeline', path: ({ pi }) => `/v1/payment_intents/${pi}/timeline` },
  {
    route: 'POST v1/refunds',
    path: () => '/v1/refunds',
    body: ({ pi }) => ({ payment_intent: pi, amount_minor: 1 }),
    required: ['payment_intent'],
    fields: {
      payment_intent: [...TEXTS, 'pi_1', 'po_1'],
      amount_minor: [...NUMBERS, 0],
      operation_id: [...TEXTS, 'op_1'],
      reason: TEXTS,
      metadata: METADATA,
    },
  },
  { route: 'POST v1/refunds/:id/retry', path: ({ re }) => `/v1/refunds/${re}/retry`, body: () => ({}) },
  { route: 'POST v1/refunds/:id/resolve', path: ({ re }) => `/v1/refunds/${re}/resolve`, body: () => ({}) },
  {
    route: 'GET v1/refunds',
    path: () => '/v1/refunds',
    queries: [...lists, 'status=paid', 'payment_intent=x', 'payment_intent=%00'],
  },
  { route: 'GET v1/refunds/:id', path: ({ re }) => `/v1/refunds/${re}` },
  {
    route: 'POST v1/settlements',
    path: () => '/v1/settlements',
    body: () => ({ ...settlement, reference: 'bad' }),
    required: Object.keys(settlement),
    fields: {
      ...{ connection_id: segment, reference: TEXTS, amount_minor: [...NUMBERS, 0] },
      currency: [...TEXTS, 'try', 'ZZZ'],
    },
  },
  { route: 'GET v1/settlements', path: () => '/v1/settlements', queries: [...lists, 'connection_id=a:b'] },
  { route: 'GET v1/settlements/:id', path: ({ st }) => `/v1/settlements/${st}` },
];

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

interface Case {
  readonly what: string;
  readonly expected: number;
  readonly path?: string;
  readonly raw?: string;
  readonly token?: string;
  readonly key?: string | null;
}

const bodiesOf = ({ body, required = [], fields = {} }: Endpoint): readonly Case[] => {
  const good = body?.(ids);
  if (good === undefined) return [];
  const bad = (what: string, change: object): Case => ({
    ...{ what, raw: JSON.stringify({ ...good, ...change }), expected: 400 },
  });
  const nul = (field: string): Case => ({
    what: `NUL in ${field}`,
    raw: JSON.stringify({ ...good, [field]: '@' }).replace('"@"', '"a\\u0000b"'),
    expected: 400,
  });
  return [
    bad('an unknown field', { extra: 1 }),
    ...required.map((field) => bad(`no ${field}`, { [field]: undefined })),
    ...required.map((field) => bad(`null for ${field}`, { [field]: null })),
    ...Object.entries(fields).flatMap(([field, values]) =>
      values.map((value) => bad(`${field} ${JSON.stringify(value)?.slice(0, 40)}`, { [field]: value })),
    ),
    ...Object.keys(fields).map(nul),
    { what: 'no JSON', raw: '{"amount_minor":', expected: 400 },
    { what: 'a list', raw: '[]', expected: 400 },
    { what: 'a field twice', raw: '{"a":1,"a":2}', expected: 400 },
    { what: '2 MB', raw: JSON.stringify({ ...good, x: 'y'.repeat(2_000_000) }), expected: 413 },
    { what: 'no Idempotency-Key', raw: JSON.stringify(good), key: null, expected: 400 },
    { what: 'a wrong Idempotency-Key', raw: JSON.stringify(good), key: 'a b', expected: 400 },
  ];
};

const addressesOf = ({ route, path, body }: Endpoint): readonly Case[] => {
  const raw = body === undefined ? undefined : JSON.stringify(body(ids));
  const asked = raw === undefined ? {} : { raw };
  const unknown = (id: string): Case => ({
    ...{ what: `the id ${id.slice(0, 40)}`, ...asked, expected: 404 },
    path: path({ pi: id, re: id, st: id }),
  });
  const near = (id: string): string => `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`;
  return [
    { what: 'no token', ...asked, token: '', expected: 401 },
    { what: 'an unknown token', ...asked, token: 'dk_nobody', expected: 401 },
    { what: 'no scope', ...asked, token: tokens.powerless, expected: 403 },
    ...(route.includes(':id')
      ? ['x', '%00', '..', 'a'.repeat(900), near(ids.pi), near(ids.re), near(ids.st)].map(unknown)
      : []),
  ];
};

const send = async (method: string, { path, raw, token = tokens.machine, key }: Case, index: number) => {
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
    const cases: readonly Case[] = [
      ...bodiesOf(endpoint),
      ...addressesOf(endpoint),
      ...(endpoint.queries ?? []).map((query) => ({ what: query, path: `${path}?${query}`, expected: 400 })),
    ];
    const answers = await Promise.all(
      cases.map(async (one, index) => {
        const { status, body } = await send(method, { path, ...one }, index);
        const isClear =
          typeof body['title'] === 'string' && typeof body['code'] === 'string' && body['status'] === status;
        const names = status !== 400 || Array.isArray(body['errors']);
        const isSilent = !JSON.stringify(body).includes('4242');
        return `${one.what}: ${status} ${isClear && names && isSilent ? 'clear' : JSON.stringify(body)}`;
      }),
    );
    expect(answers).toEqual(cases.map(({ what, expected }) => `${what}: ${expected} clear`));
    expect(await digest()).toBe(before);
  });

  it('that is refused by a rule changes nothing either', async () => {
    const post = (path: string, body: object) => payments.call('POST', `/v1/${path}`, { body });
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
      await post('settlements', { ...settlement, amount_minor: 901 }),
      await post('settlements', { ...settlement, connection_id: 'c_none' }),
    ];
    expect(refusals.map(({ status, body }) => `${status} ${body.code}`)).toEqual([
      ...['409 merchant-reference-taken', '422 connection-unknown', '422 currency-not-supported'],
      ...['409 intent-settled', '409 intent-settled', '409 intent-settled', '409 nothing-to-resolve'],
      ...['422 refund-above-captured', '404 operation-unknown'],
      ...['409 refund-not-retryable', '409 refund-not-resolvable'],
      ...['409 settlement-reference-taken', '422 connection-unknown'],
    ]);
    // What was refused is remembered under its key, and nothing else.
    const withoutKeys = (text: string) => text.replace(/idempotency_key .*/, '');
    expect(withoutKeys(await digest())).toBe(withoutKeys(before));
  });
});
