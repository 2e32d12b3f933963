import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { parseJson } from '@defter/platform';
import { type Answer, type CallOptions, TestLedger } from '../ledger.fixture.js';
import { checkerOf } from './schema-check.fixture.js';

type Json = Readonly<Record<string, unknown>>;
interface Operation {
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Json }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { schema: Json }>> }>
  >;
}

let ledger: TestLedger;
let document: Json & { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };
beforeAll(async () => {
  ledger = await TestLedger.start();
  document = (await ledger.call('GET', '/v2/_openapi.json', { token: '' })).body;
  await ledger.open('main');
  await ledger.transfer('main', { from: 'world', to: 'users:1', amount: 1000 });
});
afterAll(() => ledger.stop());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );

const SAMPLES: Readonly<Record<string, string>> = {
  ledger: 'main',
  id: '1',
  kind: 'transactions',
  address: 'users:1',
  key: 'a',
  pattern: 'users:*',
};
const sampled = (path: string) => path.replace(/\{(\w+)\}/g, (_, name: string) => SAMPLES[name] ?? name);

describe('the document of the running service', () => {
  it('has every route of it, and only routes of it', () => {
    const server = ledger.replicas[0]?.app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
    const listed = server.printRoutes({ commonPrefix: false, includeHooks: false });
    const running = [...listed.matchAll(/(\/\S*) \(([A-Z, ]+)\)/g)];
    expect(running.length).toBeGreaterThan(20);
    for (const { path, method } of operations()) {
      const url = path.replace(/\{(\w+)\}/g, ':$1');
      expect([method, url, server.hasRoute({ method, url })]).toEqual([method, url, true]);
      if (url.startsWith('/v2')) expect(server.hasRoute({ method, url: `/api/ledger${url}` })).toBe(true);
    }
    const described = operations().flatMap(({ path }) =>
      path.startsWith('/v2') ? [path, `/api/ledger${path}`] : [path],
    );
    expect(routeCount(listed)).toBe(
      operations().flatMap(({ path }) => (path.startsWith('/v2') ? [1, 1] : [1])).length,
    );
    expect(described.length).toBeGreaterThan(0);
  });

  it('names the query parameters that each route knows, and no others', async () => {
    const wrong: object[] = [];
    for (const { path, method, operation } of operations()) {
      if (!path.startsWith('/v2/{ledger}') && path !== '/v2') continue;
      const body = operation.requestBody === undefined ? {} : { body: {} };
      const answer = await ledger.call(method, `${sampled(path)}?no-such-thing=1`, body);
      if (method === 'HEAD') {
        expect([method, path, answer.status]).toEqual([method, path, 400]);
        continue;
      }
      const msg = String(answer.body?.errors?.find(({ loc }: { loc: string[] }) => loc[0] === 'query')?.msg);
      const known = /known are (.*)$/
        .exec(msg)?.[1]
        ?.split(', ')
        .filter((name) => name !== 'none') ?? ['?'];
      const described = operation.parameters.filter((each) => each.in === 'query').map(({ name }) => name);
      if (String(known.sort()) !== String(described.sort())) wrong.push({ method, path, known, described });
    }
    expect(wrong).toEqual([]);
  });
});

/** Routes of Fastify's own listing: one for each method in brackets. */
const routeCount = (listed: string): number =>
  [...listed.matchAll(/\(([A-Z, ]+)\)/g)].reduce(
    (sum, [, methods = '']) => sum + methods.split(', ').length,
    0,
  );

/** Calls a described operation, and compares what was sent and answered with its schemas. */
const call = async (
  template: string,
  options: CallOptions & { path?: string; query?: string } = {},
): Promise<Answer> => {
  const [method = '', path = ''] = template.split(' ');
  const operation = document.paths[path]?.[method.toLowerCase()];
  const answer = await ledger.call(method, `${options.path ?? sampled(path)}${options.query ?? ''}`, options);
  const { check } = checkerOf(document, true);
  const sent = operation?.requestBody?.content['application/json']?.schema;
  if (sent !== undefined && options.body !== undefined && answer.status < 300)
    expect([template, check(sent, options.body)]).toEqual([template, []]);
  const response =
    operation?.responses[String(answer.status)] ??
    operation?.responses[`${String(answer.status).charAt(0)}XX`];
  expect([template, answer.status, response !== undefined]).toEqual([template, answer.status, true]);
  const refused = (document['components'] as { schemas: Readonly<Record<string, Json>> }).schemas['Problem'];
  const schema =
    response?.content?.['application/json']?.schema ?? (answer.status >= 400 ? refused : undefined);
  const body = answer.text === '' ? undefined : parseJson(Buffer.from(answer.text));
  if (schema === undefined) expect([template, body]).toEqual([template, undefined]);
  else expect([template, answer.text, check(schema, body)]).toEqual([template, answer.text, []]);
  return answer;
};

const posting = (amount: unknown, source = 'world', destination = 'users:1') => ({
  postings: [{ source, destination, amount, asset: 'TRY/2' }],
});
const T = '/v2/{ledger}/transactions';
const A = '/v2/{ledger}/accounts';

describe('requests and answers are what the document says', () => {
  it('of transactions and holds', async () => {
    const full = {
      ...posting(1000),
      reference: 'full',
      timestamp: '2024-01-01T00:00:00Z',
      metadata: { a: 'b' },
      accountMetadata: { 'users:1': { tier: 'gold' } },
    };
    await call(`POST ${T}`, { body: full });
    await call(`POST ${T}`, { body: full });
    await call(`POST ${T}`, { body: posting('123456789012345678901234567890'), query: '?dryRun=true' });
    await call(`POST ${T}`, { body: posting(1, 'nobody') });
    await call(`POST ${T}`, { body: posting('1.5') });
    const hold = await call(`POST ${T}`, {
      body: { ...posting(60, 'users:1', 'shop'), status: 'pending', expiresIn: 60, reference: 'hold' },
    });
    const path = `/v2/main/transactions/${hold.body.data.id}`;
    await call(`POST ${T}/{id}/post`, {
      path: `${path}/post`,
      body: { amounts: [{ source: 'users:1', asset: 'TRY/2', amount: 10 }], remainder: 'keep' },
    });
    await call(`GET ${T}/{id}`, { path });
    await call(`POST ${T}/{id}/void`, { path: `${path}/void`, body: {} });
    await call(`POST ${T}/{id}/post`, { path: `${path}/post`, body: {} });
    await call(`POST ${T}/{id}/revert`, { body: { metadata: { why: 'test' } }, query: '?force=true' });
    await call(`POST ${T}/{id}/revert`);
    await call(`GET ${T}/{id}`);
    await call(`GET ${T}`, { query: '?pageSize=2' });
    await call(`GET ${T}`, { headers: { 'formance-bigint-as-string': 'true' } });
    await call(`HEAD ${T}`);
  });

  it('of bulks', async () => {
    const elements = [
      { action: 'CREATE_TRANSACTION', ik: 'b-1', data: { ...posting(10), reference: 'bulk' } },
      { action: 'ADD_METADATA', data: { targetType: 'ACCOUNT', targetId: 'users:1', metadata: { a: '1' } } },
      { action: 'DELETE_METADATA', data: { targetType: 'ACCOUNT', targetId: 'users:1', key: 'a' } },
      { action: 'CREATE_TRANSACTION', data: { ...posting(5, 'users:1', 'shop'), status: 'pending' } },
    ];
    const { body } = await call('POST /v2/{ledger}/_bulk', { body: elements });
    const { id } = body.data[3].data;
    const rest = [
      { action: 'VOID_HOLD', data: { id } },
      { action: 'REVERT_TRANSACTION', data: { id: body.data[0].data.id } },
      { action: 'POST_HOLD', data: { id } },
    ];
    await call('POST /v2/{ledger}/_bulk', { body: rest, query: '?continueOnFailure=true' });
  });

  it('of accounts, balances and the log', async () => {
    await call('POST /v2/{ledger}/{kind}/{id}/metadata', { body: { seen: 'yes' } });
    await call('DELETE /v2/{ledger}/{kind}/{id}/metadata/{key}');
    await call(`GET ${A}`, { query: '?expand=volumes&pageSize=1' });
    await call(`HEAD ${A}`);
    await call(`GET ${A}/{address}`, { query: '?expand=volumes' });
    await call(`GET ${A}/{address}`, { path: '/v2/main/accounts/nobody' });
    await call(`GET ${A}/{address}/balances`);
    await call(`GET ${A}/{address}/entries`, { query: '?pageSize=3' });
    await call('GET /v2/{ledger}/entries/sums', { query: '?from=1&to=5' });
    await call('GET /v2/{ledger}/entries/sums', { query: '?from=0&to=5' });
    await call('GET /v2/{ledger}/volumes');
    await call('GET /v2/{ledger}/aggregate/balances');
    for (let query = '?pageSize=4'; query !== '';) {
      const { body } = await call('GET /v2/{ledger}/logs', { query });
      query = body.cursor.next === undefined ? '' : `?cursor=${body.cursor.next}`;
    }
  });

  it('of ledgers and their rules', async () => {
    await call('POST /v2/{ledger}', { path: '/v2/second', body: { metadata: { a: 'b' }, strict: true } });
    await call('POST /v2/{ledger}', { path: '/v2/second', body: {} });
    await call('GET /v2', { query: '?pageSize=1' });
    await call('GET /v2/{ledger}');
    await call('PUT /v2/{ledger}/metadata', { body: { a: 'b' } });
    await call('DELETE /v2/{ledger}/metadata/{key}');
    await call('GET /v2/{ledger}/_info');
    await call('GET /v2/{ledger}/stats');
    await call('POST /v2/{ledger}/account-types', {
      body: { accountTypes: [{ pattern: 'users:*', overdraftLimit: 5 }] },
    });
    for (const name of [
      '/v2/_info',
      '/api/ledger/_info',
      '/api/ledger/_/info',
      '/api/health',
      '/v2/_openapi.json',
    ])
      await call(`GET ${name}`);
    for (const name of ['/v2/_metrics', '/api/ledger/_/metrics']) await call(`GET ${name}`);
    await call('GET /v2', { token: '' });
  });
});
