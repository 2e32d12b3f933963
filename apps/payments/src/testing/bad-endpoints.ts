/** Bodies that are accepted. */
export const intent = {
  ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: 'bad' },
  payment_method: 'tok_visa',
};
export const settlement = { connection_id: 'c_one', reference: 'st-1', amount_minor: 900, currency: 'TRY' };
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

/** What a reason isn't, beside what no text is: only spaces, or signs that nobody sees. */
const UNREADABLE = [...TEXTS, ' ', '\t\n', '\u00a0\u2003', '\u200b\u00ad\u2060', '\u3164', '\u2800'];

type Values = readonly unknown[];
export interface KnownIds {
  readonly pi: string;
  readonly re: string;
  readonly st: string;
}

export interface Endpoint {
  readonly route: string;
  readonly path: (known: KnownIds) => string;
  /** A body that is accepted, or would be if the state allowed it. */
  readonly body?: (known: KnownIds) => Record<string, unknown>;
  readonly required?: readonly string[];
  /** Per field: values that are refused. */
  readonly fields?: Readonly<Record<string, Values>>;
  readonly queries?: readonly string[];
}

const segment = [...TEXTS, 'a:b', 'a b', 'ä'];
const lists = ['page_size=0', 'page_size=x', 'cursor=abc', 'cursor=%00', 'unknown=1'];
/** Every endpoint of intents, refunds and settlements, and what it must refuse. */
export const endpoints: readonly Endpoint[] = [
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
      // Without a confirmation there is nothing that goes through it.
      connection_id: [...segment, 'c_one'],
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
    route: 'POST v1/payment_intents/:id/abandon',
    path: ({ pi }) => `/v1/payment_intents/${pi}/abandon`,
    body: () => ({}),
    fields: { attempt: segment },
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
  {
    route: 'GET v1/payment_intents/:id/timeline',
    path: ({ pi }) => `/v1/payment_intents/${pi}/timeline`,
    queries: lists,
  },
  {
    route: 'POST v1/refunds',
    path: () => '/v1/refunds',
    body: ({ pi }) => ({ payment_intent: pi, amount_minor: 1 }),
    required: ['payment_intent'],
    fields: {
      payment_intent: [...TEXTS, 'pi_1', 'po_1'],
      amount_minor: [...NUMBERS, 0],
      operation_id: [...TEXTS, 'op_1'],
      reason: UNREADABLE,
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
  {
    route: 'POST v1/settlements/:id/approve',
    path: ({ st }) => `/v1/settlements/${st}/approve`,
    // With the machine's key: refused, too.
    body: () => ({ payload_hash: '0'.repeat(64) }),
    required: ['payload_hash'],
    fields: { payload_hash: [...TEXTS, '0'.repeat(63), 'G'.repeat(64)] },
  },
  ...['reject', 'withdraw'].map((act) => ({
    route: `POST v1/settlements/:id/${act}`,
    path: ({ st }: KnownIds) => `/v1/settlements/${st}/${act}`,
    body: () => ({ reason: 'a transfer of another shop' }),
    required: ['reason'],
    fields: { reason: UNREADABLE },
  })),
  { route: 'GET v1/settlements', path: () => '/v1/settlements', queries: [...lists, 'connection_id=a:b'] },
  { route: 'GET v1/settlements/:id', path: ({ st }) => `/v1/settlements/${st}` },
];
