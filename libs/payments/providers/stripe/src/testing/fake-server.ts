import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const apiKey = 'sk_test_defter_fake';

type Member = string | number | boolean | null | readonly object[] | Readonly<Record<string, unknown>>;
type StripeObject = { readonly id: string } & Readonly<Record<string, Member>>;
type Form = Readonly<Record<string, string>>;

interface Answer {
  readonly status: number;
  readonly body: object;
}

/** What the fake keeps: objects by id in the order of their making, and answers by idempotency key. */
interface Book {
  readonly objects: Map<string, StripeObject>;
  readonly answers: Map<string, { readonly request: string; readonly answer: Answer }>;
  searchIsBehind: boolean;
}

export interface FakeStripe {
  readonly baseUrl: string;
  /** While behind, searches find nothing. */
  holdBackSearch(behind: boolean): void;
  /** Replaces members of an object, as what happens at Stripe meanwhile does. */
  change(id: string, members: Readonly<Record<string, Member>>): void;
  /** The payer's bank disputes a payment; the dispute's id. */
  openDispute(payment: string, members: Readonly<Record<string, Member>>): string;
  stop(): Promise<void>;
}

/** Stripe as far as the adapter knows it: forms in, objects out, idempotency keys, search by metadata. */
export async function startFakeStripe(): Promise<FakeStripe> {
  const book: Book = { objects: new Map(), answers: new Map(), searchIsBehind: false };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => send(response, once(book, request, Buffer.concat(chunks).toString())));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    holdBackSearch: (behind) => {
      book.searchIsBehind = behind;
    },
    change: (id, members) => {
      const object = book.objects.get(id);
      if (object !== undefined) book.objects.set(id, { ...object, ...members });
    },
    openDispute: (payment, members) => {
      const id = idOf(book, 'dp');
      const about = { object: 'dispute', payment_intent: payment, charge: `ch_of_${payment}`, metadata: {} };
      book.objects.set(id, { id, ...about, balance_transactions: [], ...members });
      return id;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const send = (response: ServerResponse, { status, body }: Answer): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const refusal = (status: number, error: object): Answer => ({ status, body: { error } });
const invalidRequest = (code: string, status = 400): Answer =>
  refusal(status, { type: 'invalid_request_error', code, message: code });

/** The same key again: the same answer; with another request: an idempotency error. */
function once(book: Book, request: IncomingMessage, text: string): Answer {
  if (request.headers.authorization !== `Bearer ${apiKey}`)
    return refusal(401, { type: 'invalid_request_error', message: 'Invalid API Key provided' });
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string') return reply(book, request, text);
  const asked = `${request.method} ${request.url} ${text}`;
  const known = book.answers.get(key);
  if (known !== undefined) {
    return known.request === asked
      ? known.answer
      : refusal(400, {
          type: 'idempotency_error',
          message: 'Keys can only be used with the same parameters',
        });
  }
  const answer = reply(book, request, text);
  book.answers.set(key, { request: asked, answer });
  return answer;
}

function reply(book: Book, { method, url = '' }: IncomingMessage, text: string): Answer {
  const { pathname, searchParams } = new URL(url, 'http://fake');
  const form = Object.fromEntries(new URLSearchParams(text));
  const [, , resource = '', id, action] = pathname.split('/');
  if (method === 'GET') return read(book, { resource, id, query: searchParams });
  switch (`${resource} ${action ?? ''}`) {
    case 'payment_intents ':
      return create(book, form);
    case 'payment_intents capture':
      return capture(book, id, form);
    case 'payment_intents cancel':
      return change(book, id, { status: 'canceled' });
    case 'refunds ':
      return keep(
        book,
        { ...moneyOf(form), id: idOf(book, 're'), object: 'refund', status: 'succeeded' },
        form,
      );
    default:
      return invalidRequest('url_invalid', 404);
  }
}

const idOf = ({ objects }: Book, prefix: string): string => `${prefix}_${objects.size + 1}`;

const moneyOf = (form: Form) => ({
  amount: Number.parseInt(form['amount'] ?? '', 10),
  currency: form['currency'] ?? 'try',
  ...(form['payment_intent'] !== undefined && { payment_intent: form['payment_intent'] }),
});

const metadataOf = (form: Form): Record<string, string> =>
  Object.fromEntries(
    Object.entries(form).flatMap(([name, value]) => {
      const [, field] = /^metadata\[(.+)\]$/.exec(name) ?? [];
      return field === undefined ? [] : [[field, value]];
    }),
  );

function keep(book: Book, object: StripeObject, form: Form): Answer {
  const kept = { ...object, metadata: metadataOf(form) };
  book.objects.set(kept.id, kept);
  return { status: 200, body: kept };
}

/** Payment methods decide, as Stripe's test cards do. */
function create(book: Book, form: Form): Answer {
  const { payment_method: method, capture_method: captureMethod = 'automatic', confirm } = form;
  const money = moneyOf(form);
  const amount = method === 'pm_wrong_amount' ? money.amount + 1 : money.amount;
  const intent = {
    ...money,
    id: idOf(book, 'pi'),
    object: 'payment_intent',
    capture_method: captureMethod,
    amount,
  };
  if (confirm !== 'true') return keep(book, { ...intent, status: 'requires_confirmation' }, form);
  if (method === 'pm_declined') {
    keep(book, { ...intent, status: 'requires_payment_method' }, form);
    return refusal(402, { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds' });
  }
  if (method === 'pm_challenge') {
    const next = { type: 'redirect_to_url', redirect_to_url: { url: 'https://hooks.example/challenge' } };
    return keep(book, { ...intent, status: 'requires_action', next_action: next }, form);
  }
  return captureMethod === 'manual'
    ? keep(book, { ...intent, status: 'requires_capture' }, form)
    : keep(book, { ...intent, status: 'succeeded', amount_received: amount }, form);
}

function capture(book: Book, id: string | undefined, form: Form): Answer {
  const intent = book.objects.get(id ?? '');
  if (intent?.['status'] !== 'requires_capture') return invalidRequest('payment_intent_unexpected_state');
  const metadata = { ...(intent['metadata'] as object), ...metadataOf(form) };
  const received = Number.parseInt(form['amount_to_capture'] ?? '', 10);
  return change(book, id, { status: 'succeeded', amount_received: received, metadata });
}

function change(book: Book, id: string | undefined, members: Readonly<Record<string, Member>>): Answer {
  const object = book.objects.get(id ?? '');
  if (object === undefined) return invalidRequest('resource_missing', 404);
  const changed = { ...object, ...members };
  book.objects.set(object.id, changed);
  return { status: 200, body: changed };
}

interface Query {
  readonly resource: string;
  readonly id: string | undefined;
  readonly query: URLSearchParams;
}

function read({ objects, searchIsBehind }: Book, { resource, id, query }: Query): Answer {
  const list = (data: readonly object[], hasMore = false): Answer => ({
    ...{ status: 200, body: { object: 'list', data, has_more: hasMore, url: `/v1/${resource}` } },
  });
  const [, field = '', value] = /^metadata\['(.+)'\]:'(.+)'$/.exec(query.get('query') ?? '') ?? [];
  const metadataIs = (object: StripeObject): boolean =>
    (object['metadata'] as Readonly<Record<string, unknown>>)[field] === value;
  if (id === 'search') return list(searchIsBehind ? [] : [...objects.values()].filter(metadataIs));
  if (id !== undefined) {
    const object = objects.get(id);
    return object === undefined ? invalidRequest('resource_missing', 404) : { status: 200, body: object };
  }
  const [of, ofCharge] = [query.get('payment_intent'), query.get('charge')];
  const all = [...objects.values()]
    .filter((object) => `${object['object'] as string}s` === resource)
    .filter((object) => of === null || object['payment_intent'] === of)
    .filter((object) => ofCharge === null || object['charge'] === ofCharge)
    .reverse();
  const from = all.findIndex((object) => object.id === query.get('starting_after')) + 1;
  // Small pages, so that the adapter has to turn them.
  return list(all.slice(from, from + 2), all.length > from + 2);
}
