import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, showsRegex } from '@defter/testing';
import { type Answer, TestPayments, tokens } from './testing/test-payments.js';

/** Of nobody, and no example either. */
const IBAN = 'TR560006100000000000000042';

let payments: TestPayments;
let review: { id: string; payload_hash: string };
let approved: { id: string; payload_hash: string };
let session: { session_id: string };
let expired: { session_id: string };

/** Without the worker nothing moves by itself: what differs after a refusal is its doing. */
beforeAll(async () => {
  payments = await TestPayments.start(['http']);
  const wish = { amount_minor: 1000, currency: 'TRY', customer_id: '42', destination: IBAN };
  const request = async () => {
    const { status, body } = await payments.call('POST', '/v1/payouts', { body: wish });
    expect(status).toBe(201);
    return body;
  };
  review = await request();
  approved = await request();
  const { payload_hash } = approved;
  await payments.call('POST', `/v1/payouts/${approved.id}/approve`, {
    body: { payload_hash },
    token: tokens.ayse,
  });
  session = (await payments.call('POST', '/v1/checkout/sessions', { body: checkout })).body;
  const soon = { ...checkout, merchant_reference: 'soon', expires_in: 1 };
  expired = (await payments.call('POST', '/v1/checkout/sessions', { body: soon })).body;
});
afterAll(() => payments.stop());

const checkout = {
  ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: 'order' },
  ...{ success_url: 'https://shop.example/a', cancel_url: 'http://shop.example/b' },
};

const TABLES = [
  ...['stream_event', 'payment_intent', 'payout', 'payout_request', 'payout_approval', 'payout_revision'],
  ...['operation', 'booking', 'checkout_session', 'refund', 'settlement', 'outbox'],
];
/** Of all that is about money; a refusal that was stored under its key isn't. */
const digest = async () => {
  const parts = TABLES.map((table) => `select '${table}' as place, t::text as line from ${table} t`);
  const [row] = await payments.rows<{ digest: string }>(
    `select md5(string_agg(place || line, '' order by place, line)) as digest
       from (${parts.join(' union all ')}) x`,
  );
  return row?.digest;
};

type Case = readonly [what: string, status: number, code: string, call: () => Promise<Answer>];
const post = (path: string, body: unknown, options: object = {}) =>
  payments.call('POST', path, { body, token: tokens.ayse, ...options });
const act = (action: string, body: unknown, of = () => review.id, options: object = {}) =>
  post(`/v1/payouts/${of()}/${action}`, body, options);
const open = (change: object, options: object = {}) =>
  post('/v1/checkout/sessions', { ...checkout, merchant_reference: 'other', ...change }, options);
const hash = () => ({ payload_hash: review.payload_hash });
const ACTIONS = ['review', 'approve', 'reject', 'hold', 'release', 'edit', 'cancel', 'retry', 'resolve'];
const aPayout = { amount_minor: 1000, currency: 'TRY', customer_id: '42', destination: IBAN };
const LONG = 'x'.repeat(501);
const NOBODY = `po_${'0'.repeat(12)}7${'0'.repeat(3)}8${'0'.repeat(15)}`;

const cases: readonly Case[] = [
  ...ACTIONS.flatMap((action): Case[] => [
    [
      `${action} without a token`,
      401,
      'unauthenticated',
      () => act(action, {}, undefined, { token: 'nobody' }),
    ],
    [
      `${action} without the scope`,
      403,
      'scope-missing',
      () => act(action, {}, undefined, { token: tokens.visitor }),
    ],
    [
      `${action} with an unknown field`,
      400,
      'malformed',
      () => act(action, { ...hash(), reason: 'x', extra: 1 }),
    ],
    [`${action} of nothing`, 404, 'payout-absent', () => act(action, bodyOf(action), () => NOBODY)],
    [
      `${action} of another tenant's`,
      404,
      'payout-absent',
      () => act(action, bodyOf(action), undefined, { token: tokens.stranger }),
    ],
    [
      `${action} with a key that is none`,
      400,
      'malformed',
      () => act(action, bodyOf(action), undefined, { idempotencyKey: 'a b' }),
    ],
  ]),
  ...['reject', 'hold', 'cancel'].flatMap((action): Case[] => [
    [`${action} without a reason`, 400, 'malformed', () => act(action, {})],
    [`${action} with an endless reason`, 400, 'malformed', () => act(action, { reason: LONG })],
    [
      `${action} with a reason of control characters`,
      400,
      'malformed',
      () => act(action, { reason: 'a\u0000b' }),
    ],
  ]),
  ['approving without a hash', 400, 'malformed', () => act('approve', {})],
  [
    'approving other content',
    409,
    'payout-changed-since-review',
    () => act('approve', { payload_hash: '0'.repeat(64) }),
  ],
  [
    'approving as a machine',
    403,
    'person-required',
    () => act('approve', hash(), undefined, { token: tokens.machine }),
  ],
  [
    'editing unseen',
    409,
    'payout-changed-since-review',
    () => act('edit', { payload_hash: '0'.repeat(64), destination: 'x' }),
  ],
  [
    'a card number as destination',
    400,
    'malformed',
    () => act('edit', { ...hash(), destination: '4242 4242 4242 4242' }),
  ],
  ['assigning nobody who may', 422, 'assignee-unknown', () => act('review', { assignee: 'visitor' })],
  ['assigning a number', 400, 'malformed', () => act('review', { assignee: 5 })],
  ['releasing what is not held', 409, 'payout-not-on-hold', () => act('release', {})],
  ['retrying what was not sent', 409, 'payout-not-retryable', () => act('retry', {})],
  ['resolving what is known', 409, 'payout-not-resolvable', () => act('resolve', {})],
  [
    'editing after approval',
    409,
    'payout-not-editable',
    () => act('edit', { ...hash(), payload_hash: approved.payload_hash }, () => approved.id),
  ],
  [
    'rejecting after approval',
    409,
    'payout-not-in-review',
    () => act('reject', { reason: 'x' }, () => approved.id),
  ],
  ['reviewing after approval', 409, 'payout-not-in-review', () => act('review', {}, () => approved.id)],
  ['approving twice', 409, 'payout-not-in-review', () => act('approve', hash(), () => approved.id)],
  [
    'a test account where none is taken',
    422,
    'test-method-refused',
    () =>
      post(
        '/v1/payouts',
        { ...aPayout, destination: 'TR330006100519786457841326' },
        { token: tokens.strict },
      ),
  ],
  [
    'a payout through the mock in live',
    422,
    'mock-refused-in-live',
    () => post('/v1/payouts', aPayout, { token: tokens.live }),
  ],
  [
    'a test card where none is taken',
    422,
    'test-method-refused',
    () => post('/v1/payment_intents', intent('tok_visa'), { token: tokens.strict }),
  ],
  [
    'a payment through the mock in live',
    422,
    'mock-refused-in-live',
    () => post('/v1/payment_intents', intent('card_1'), { token: tokens.live }),
  ],
  [
    'a payout through a provider that pays nobody',
    422,
    'operation-not-supported',
    async () => {
      const { capabilities } = payments.provider;
      const all = capabilities.splice(0);
      capabilities.push(...all.filter((kind) => kind !== 'payout'));
      const wish = { amount_minor: 1000, currency: 'TRY', customer_id: '42', destination: IBAN };
      const answer = await payments.call('POST', '/v1/payouts', { body: wish });
      capabilities.splice(0, capabilities.length, ...all);
      return answer;
    },
  ],
  ['a session without a token', 401, 'unauthenticated', () => open({}, { token: 'nobody' })],
  ['a session without the scope', 403, 'scope-missing', () => open({}, { token: tokens.visitor })],
  ['a session in live', 422, 'checkout-not-in-live', () => open({}, { token: tokens.live })],
  ['a session in another currency', 422, 'currency-not-supported', () => open({ currency: 'JPY' })],
  ['a session through no connection', 422, 'connection-unknown', () => open({ connection_id: 'c_none' })],
  [
    'a session of a taken order',
    409,
    'merchant-reference-taken',
    () => open({ merchant_reference: 'order', amount_minor: 1 }),
  ],
  ['a session without an amount', 400, 'malformed', () => open({ amount_minor: undefined })],
  ['a session with decimals', 400, 'malformed', () => open({ amount_minor: 1.5 })],
  ...[
    'javascript:alert(1)',
    'ftp://shop.example',
    '//shop.example',
    'https://',
    'https://a:b@shop.example',
    'data:text/html,x',
    'https://shop.example/ a',
    '',
    5,
  ].flatMap((url): Case[] => [
    [`a session that leads to ${url}`, 400, 'malformed', () => open({ success_url: url })],
    [`a session that goes back to ${url}`, 400, 'malformed', () => open({ cancel_url: url })],
  ]),
  ...[0, -1, 1.5, 604_801, '60'].map((seconds): Case => [
    `a session for ${seconds} s`,
    400,
    'malformed',
    () => open({ expires_in: seconds }),
  ]),
  ['an unknown field of a session', 400, 'malformed', () => open({ extra: 1 })],
  ['a card number in a description', 400, 'malformed', () => open({ description: 'card 4242424242424242' })],
  ['a list by a state that is none', 400, 'malformed', () => payments.call('GET', '/v1/payouts?state=gone')],
  ['a list by an age that is none', 400, 'malformed', () => payments.call('GET', '/v1/payouts?age=1w')],
  [
    'a list by an amount that is none',
    400,
    'malformed',
    () => payments.call('GET', '/v1/payouts?amount=1..x'),
  ],
  ['a list with a broken cursor', 400, 'malformed', () => payments.call('GET', '/v1/payouts?cursor=x')],
  ['a session of nobody', 404, 'checkout-absent', () => payments.call('GET', '/v1/checkout/sessions/cs_1')],
  ['an intent of nobody', 404, 'intent-absent', () => payments.call('GET', '/v1/payment_intents/pi_1')],
  ['a payout of nobody', 404, 'payout-absent', () => payments.call('GET', '/v1/payouts/po_1')],
  ['a refund of nobody', 404, 'refund-absent', () => payments.call('GET', '/v1/refunds/re_1')],
];

const bodyOf = (action: string): object => {
  if (action === 'approve' || action === 'edit') return { payload_hash: '0'.repeat(64) };
  return ['reject', 'hold', 'cancel'].includes(action) ? { reason: 'x' } : {};
};
const intent = (method: string) => ({
  ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: method },
  ...{ confirm: true, payment_method: method },
});

describe('what is refused changes nothing', () => {
  it.each(cases)('%s: %i %s', async (_what, status, code, call) => {
    const before = await digest();
    const answer = await call();
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(showsRegex(JSON.stringify(answer.body.errors ?? []))).toBe(false);
    expect(await digest()).toBe(before);
  });

  it('on the page either: other forms, other methods, sessions whose time is up', async () => {
    await eventually(async () => {
      const [row] = await payments.rows<{ over: boolean }>(
        'select expires_at < now() as over from checkout_session where session_id = $1',
        [expired.session_id],
      );
      expect(row?.over).toBe(true);
    });
    const addressOf = async ({ session_id: id }: { session_id: string }) => {
      const { body } = await payments.call('GET', `/v1/checkout/sessions/${id}`);
      return `${payments.instances[0]?.url}${new URL(body.checkout_url).pathname}`;
    };
    const [page, late] = [await addressOf(session), await addressOf(expired)];
    const before = await digest();
    const send = (address: string, body: string, method = 'POST') =>
      fetch(address, { method, body, redirect: 'manual' });
    const forms = [
      '',
      'card=instant',
      'try=1',
      'try=2&card=instant',
      'try=1&card=tok_visa',
      'try=x&card=instant',
      '%%%',
    ];
    for (const form of forms) expect((await send(page, form)).status).toBe(303);
    expect((await send(late, 'try=1&card=instant')).status).toBe(303);
    expect((await send(page, 'x'.repeat(5_000))).status).toBe(413);
    expect((await send(page, 'try=1&card=instant', 'PUT')).status).toBe(405);
    expect((await fetch(`${page}/return?lang=en`, { redirect: 'manual' })).status).toBe(303);
    expect(await digest()).toBe(before);
  });
});
