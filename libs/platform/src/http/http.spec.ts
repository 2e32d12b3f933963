import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsOptional, IsString, ValidateNested } from 'class-validator';
import { baseConfig, tenantsConfig } from '../service/base-config.js';
import { defineConfig, type ConfigOf } from '../service/config.js';
import { createApp } from '../service/create-app.js';
import type { RunningService, ServiceDefinition } from '../service/definition.js';
import { port } from '../service/settings.js';
import { keyOf, tenantsFile } from '../service/tenants-file.fixture.js';
import { Fault, notFound, respond } from './problem.js';
import { BodyLimit, Caller, HotPath, Public, RawBody, Scope } from './route.js';
import { currentTrace } from './trace.js';
import { IsAmount, IsAssetCode, IsCurrency } from './validators.js';

class Line {
  @IsAmount() amount!: bigint;
  @IsAssetCode() asset!: string;
}
class TransferBody {
  @IsAmount() amount!: bigint;
  @IsCurrency() currency!: string;
  @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
}
class ListQuery {
  @IsOptional() @IsString() cursor?: string;
}
type Spend =
  | { accepted: true; left: bigint }
  | { accepted: false; refusal: { code: 'no-funds'; shortBy: bigint; status: string } };
const problems = { 'no-funds': { status: 409, title: 'No funds' } };

@Controller('v1')
class ExampleController {
  @Post('transfers')
  @HttpCode(200)
  @Scope('transfers:write')
  create(@Body() body: TransferBody, @Caller() caller: Caller) {
    return { double: body.amount * 2n, lines: body.lines.map(({ amount }) => typeof amount), caller };
  }
  @Get('transfers')
  @Public()
  list(@Query() query: ListQuery) {
    return { query };
  }
  @Post('any')
  @Public()
  any(@Body() body: unknown) {
    return { body: body ?? 'none' };
  }
  @Post('raw')
  @Public()
  @BodyLimit(2_000_000)
  raw(@RawBody() bytes: Buffer) {
    return { length: bytes.length, start: bytes.subarray(0, 8).toString('hex') };
  }
  @Get('trace')
  @Public()
  async trace() {
    await Promise.resolve();
    return currentTrace();
  }
  @Get('hot')
  @Public()
  @HotPath()
  hot() {
    if (currentTrace() !== undefined) throw new Error('the hot path has an ambient trace');
    throw notFound();
  }
  @Post('spend')
  @Public()
  spend(@Body() { amount }: Line) {
    const refusal = { code: 'no-funds', shortBy: amount, status: 'spent' } as const;
    const outcome: Spend = amount === 0n ? { accepted: true, left: 1n } : { accepted: false, refusal };
    return respond(outcome, problems, ({ left }) => ({ left }));
  }
  @Delete('fault')
  @Public()
  fault() {
    throw new Fault('ledger-away', 'connect ECONNREFUSED 10.0.0.1', 7);
  }
  @Delete('bug')
  @Public()
  bug() {
    throw new Error('secret detail');
  }
}

const config = defineConfig({
  ...baseConfig,
  ...tenantsConfig,
  httpPort: port('HTTP_PORT', 0),
  managementPort: port('MANAGEMENT_PORT', 0),
});
const service: ServiceDefinition<ConfigOf<typeof config>> = {
  name: 'example',
  config,
  roles: { http: { http: true, module: () => ({ controllers: [ExampleController] }) } },
  problemShape: (problem, url) => (url.startsWith('/v1/') ? problem : { ...problem, errorCode: 'NOT_FOUND' }),
};

let settings: string;
let running: RunningService;
const keys = [
  keyOf('t1', ['transfers:write']),
  keyOf('t2', ['transfers:read']),
  keyOf('svc_a', ['transfers:write']),
];
beforeAll(async () => {
  settings = await tenantsFile(keys);
  const env = { TENANTS_FILE: settings, LOG_LEVEL: 'silent', CORS_ORIGINS: 'https://console.example' };
  running = await createApp(service, ['http'], env);
});
afterAll(() => running.stop());

interface Sent {
  readonly method?: string;
  readonly body?: string | Uint8Array;
  readonly token?: string;
  readonly headers?: Record<string, string>;
}
async function send(path: string, { method = 'POST', body, token, headers = {} }: Sent = {}) {
  const response = await fetch(`${running.url}${path}`, {
    method,
    ...(body !== undefined && { body: Buffer.from(body) }),
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
  const text = await response.text();
  return {
    status: response.status,
    text,
    body: text === '' ? {} : (JSON.parse(text) as object),
    headers: response.headers,
  };
}
const transfer = (amount: string) =>
  `{"amount":${amount},"currency":"TRY","lines":[{"amount":"1","asset":"TRY/2"}]}`;

describe('authentication', () => {
  it.each([
    ['no token', {}, 401, 'unauthenticated'],
    ['an unknown token', { token: 'dk_nobody' }, 401, 'unauthenticated'],
    ['another scheme', { headers: { authorization: 'Basic dk_t1' } }, 401, 'unauthenticated'],
    ['the stored digest as token', { token: keyOf('t1', []).tokenSha256 }, 401, 'unauthenticated'],
    ['a key without the scope', { token: 'dk_t2' }, 403, 'scope-missing'],
    [
      'a key that names another tenant',
      { token: 'dk_t1', headers: { 'defter-tenant': 't2' } },
      403,
      'wrong-tenant',
    ],
    ['a service without a tenant', { token: 'dk_svc_a' }, 400, 'tenant-required'],
    [
      'a service for a tenant that is not there',
      { token: 'dk_svc_a', headers: { 'defter-tenant': 't9' } },
      403,
      'wrong-tenant',
    ],
  ])('%s is refused before the body is read', async (_, sent: Sent, status, code) => {
    const answer = await send('/v1/transfers', { body: '{', ...sent });
    expect(answer).toMatchObject({ status, body: { code, status } });
    expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null);
  });

  it('tells the handler who calls, and for whom a service acts', async () => {
    const own = await send('/v1/transfers', { body: transfer('1'), token: 'dk_t1' });
    expect(own.body).toMatchObject({
      caller: { tenantId: 't1', keyId: 'k_t1_machine', kind: 'machine', sourceIp: '127.0.0.1' },
    });
    const headers = { 'defter-tenant': 't2' };
    const acting = await send('/v1/transfers', { body: transfer('1'), token: 'dk_svc_a', headers });
    expect(acting.body).toMatchObject({
      caller: { tenantId: 't2', kind: 'service', actor: 'k_svc_a_machine' },
    });
  });

  it('knows a new key at once and forgets a removed one within the interval', async () => {
    const before = await send('/v1/transfers', { body: transfer('1'), token: 'dk_t3' });
    await tenantsFile([...keys, keyOf('t3', ['transfers:write'])], settings);
    const after = await send('/v1/transfers', { body: transfer('1'), token: 'dk_t3' });
    expect([before.status, after.status]).toEqual([401, 200]);
    await tenantsFile(keys, settings);
    await new Promise((resolve) => setTimeout(resolve, 510));
    expect((await send('/v1/transfers', { body: transfer('1'), token: 'dk_t3' })).status).toBe(401);
  });
});

describe('bodies', () => {
  it.each(['9007199254740993', `"${'9'.repeat(60)}"`, '9'.repeat(60), '0'])(
    'an amount of %s passes exactly',
    async (amount) => {
      const answer = await send('/v1/transfers', { body: transfer(amount), token: 'dk_t1' });
      expect(answer.text).toContain(`"double":${BigInt(amount.replaceAll('"', '')) * 2n},"lines":["bigint"]`);
    },
  );

  it.each([
    '1.5',
    '1.0',
    '1e3',
    '-1',
    '-0',
    '"1.5"',
    '"1e3"',
    '"-1"',
    '"+1"',
    '" 1"',
    '"01"',
    '""',
    '"１"',
    'null',
    'true',
    '[1]',
    '{}',
    `"${'9'.repeat(2_000)}"`,
  ])('an amount of %s is refused with its place', async (amount) => {
    const answer = await send('/v1/transfers', { body: transfer(amount), token: 'dk_t1' });
    const msg = 'amount must be a whole number of the smallest unit, 0 or more';
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'malformed', errors: [{ loc: ['body', 'amount'], msg, type: 'amount' }] },
    });
  });

  it('reports unknown fields and nested errors, all at once', async () => {
    const body =
      '{"amount":1,"currency":"XYZ","lines":[{"amount":1,"asset":"TRY/2"},{"amount":-1,"asset":"try"}],"admin":true}';
    const { status, body: problem } = await send('/v1/transfers', { body, token: 'dk_t1' });
    const errors = (problem as { errors: { loc: unknown[]; type: string }[] }).errors.map(({ loc, type }) =>
      [...loc, type].join('.'),
    );
    expect(status).toBe(400);
    expect(errors.sort()).toEqual([
      'body.admin.unknown-field',
      'body.currency.currency',
      'body.lines.1.amount.amount',
      'body.lines.1.asset.matches',
    ]);
  });

  it.each([
    ['malformed JSON', '{"a":', {}, 400],
    ['a key twice', '{"a":1,"a":1}', {}, 400],
    ['text after the document', '{}{}', {}, 400],
    ['invalid UTF-8', Uint8Array.from([0x22, 0xff, 0x22]), {}, 400],
    ['NUL', '"\\u0000"', {}, 400],
    ['an empty document', ' ', {}, 400],
    ['deep nesting', '['.repeat(500_000), {}, 400],
    ['another content type', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['text', '{}', { 'content-type': 'text/plain' }, 415],
    ['another charset', '{}', { 'content-type': 'application/json; charset=utf-16' }, 415],
    ['a compressed body', '{}', { 'content-encoding': 'gzip' }, 415],
    ['a nonsense content type', '{}', { 'content-type': 'nonsense' }, 415],
    ['two megabytes', `"${'x'.repeat(2_000_000)}"`, {}, 413],
  ])('%s is refused clearly', async (_, body, headers, status) => {
    const answer = await send('/v1/any', { body, headers });
    expect(answer).toMatchObject({
      status,
      body: { status, title: expect.any(String), traceId: expect.stringMatching(/^[0-9a-f]{32}$/) },
    });
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  });

  it('a list instead of an object is refused, and no body where one is needed', async () => {
    for (const body of ['[]', '"a"', 'null', undefined]) {
      expect(await send('/v1/spend', { ...(body !== undefined && { body }) })).toMatchObject({
        status: 400,
        body: { code: 'malformed' },
      });
    }
  });

  it('raw routes get the exact bytes of any content type, up to their own limit', async () => {
    for (const type of ['application/json', 'nonsense', 'text/xml; charset=latin1', '']) {
      const answer = await send('/v1/raw', {
        body: Uint8Array.from([0x7b, 0xff, 0x00]),
        headers: { 'content-type': type },
      });
      expect(answer).toMatchObject({ status: 201, body: { length: 3, start: '7bff00' } });
    }
    expect((await send('/v1/raw')).body).toEqual({ length: 0, start: '' });
    expect((await send('/v1/raw', { body: 'x'.repeat(1_500_000) })).body).toMatchObject({
      length: 1_500_000,
    });
    expect((await send('/v1/raw', { body: 'x'.repeat(2_500_000) })).status).toBe(413);
  });
});

describe('answers', () => {
  it('unknown routes, methods and query fields', async () => {
    expect(await send('/nope', { body: '{' })).toMatchObject({
      status: 404,
      body: { code: 'not-found', errorCode: 'NOT_FOUND' },
    });
    expect(await send('/v1/transfers', { method: 'PUT', body: '{' })).toMatchObject({ status: 404 });
    const query = await send('/v1/transfers?cursor=a&limit=3', { method: 'GET' });
    expect(query).toMatchObject({
      status: 400,
      body: { errors: [{ loc: ['query', 'limit'], type: 'unknown-field' }] },
    });
    expect((await send('/v1/transfers?cursor=a', { method: 'GET' })).body).toEqual({
      query: { cursor: 'a' },
    });
  });

  it('a refusal has its status and its data, which cannot overwrite a member of the problem', async () => {
    const { text, status } = await send('/v1/spend', { body: '{"amount":9007199254740993,"asset":"TRY/2"}' });
    expect(status).toBe(409);
    expect(text).toMatch(
      /^\{"type":"urn:defter:problem:no-funds","title":"No funds","status":409,"code":"no-funds","traceId":"\w+","shortBy":9007199254740993\}$/,
    );
  });

  it('a fault is 503 with Retry-After, a bug 500; neither tells what happened inside', async () => {
    const fault = await send('/v1/fault', { method: 'DELETE' });
    expect([fault.status, fault.headers.get('retry-after'), fault.body]).toMatchObject([
      503,
      '7',
      { code: 'ledger-away' },
    ]);
    const bug = await send('/v1/bug', { method: 'DELETE' });
    expect(bug).toMatchObject({ status: 500, body: { code: 'internal', traceId: expect.any(String) } });
    expect(fault.text + bug.text).not.toMatch(/ECONNREFUSED|secret|stack/);
  });

  it('continues a W3C trace, makes one where it is malformed, and a hot route still names it in problems', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
    const { body } = await send('/v1/trace', { method: 'GET', headers });
    expect(body).toMatchObject({
      traceId,
      traceparent: expect.stringMatching(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`)),
    });
    expect(body).not.toMatchObject(headers);
    const other = await send('/v1/trace', {
      method: 'GET',
      headers: { traceparent: `00-${'0'.repeat(32)}-1-01` },
    });
    expect(other.body).toMatchObject({ traceId: expect.stringMatching(/^(?!0{32})[0-9a-f]{32}$/) });
    expect(await send('/v1/hot', { method: 'GET', headers })).toMatchObject({
      status: 404,
      body: { traceId },
    });
  });

  it('strict headers on every answer, CORS headers for listed origins only', async () => {
    for (const path of ['/v1/trace', '/nope']) {
      const { headers } = await send(path, { method: 'GET', headers: { origin: 'https://evil.example' } });
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
    const preflight = { origin: 'https://console.example', 'access-control-request-method': 'POST' };
    const allowed = await send('/v1/transfers', { method: 'OPTIONS', headers: preflight });
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([
      204,
      'https://console.example',
    ]);
  });

  it('measures requests by route pattern', async () => {
    await send('/v1/bug?x=1', { method: 'DELETE' });
    const metrics = await (await fetch(`${running.managementUrl}/metrics`)).text();
    expect(metrics).toMatch(
      /defter_http_request_seconds_count\{service="example",method="DELETE",route="\/v1\/bug",status_class="5xx"\} \d/,
    );
    expect(metrics).toMatch(/route="unknown",status_class="4xx"/);
    expect(metrics).toContain('nodejs_eventloop_lag_seconds');
  });
});
