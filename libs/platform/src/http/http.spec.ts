import { describe, expect, it } from '@jest/globals';
import { keyOf, tenantsFile } from '../service/tenants-file.fixture.js';
import { example, keys, send, useExample, type Sent } from './example.fixture.js';

useExample();
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
    await tenantsFile([...keys, keyOf('t3', ['transfers:write'])], example.settings);
    const after = await send('/v1/transfers', { body: transfer('1'), token: 'dk_t3' });
    expect([before.status, after.status]).toEqual([401, 200]);
    await tenantsFile(keys, example.settings);
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
    const msg = 'amount must be a whole number of the smallest unit, 0 or more, of at most 78 digits';
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'malformed', errors: [{ loc: ['body', 'amount'], msg, type: 'amount' }] },
    });
  });

  it('reports unknown fields and nested errors, all at once', async () => {
    const body =
      '{"amount":1,"currency":"XYZ","admin":true,' +
      '"lines":[{"amount":1,"asset":"TRY/2"},{"amount":-1,"asset":"try"}]}';
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

  it('no body is none, whatever content type it claims', async () => {
    expect(await send('/v1/any', { body: '' })).toMatchObject({ status: 201, body: { body: 'none' } });
  });

  it('no body is an empty one where nothing in it is needed', async () => {
    expect(await send('/v1/optional', { body: '' })).toMatchObject({ status: 201, body: { body: {} } });
    expect(await send('/v1/optional', { body: '[]' })).toMatchObject({ status: 400 });
  });

  it('a member called constructor is refused: it would be taken for the class of its object', async () => {
    const body = transfer('1').replace('{', '{"constructor":"x",');
    expect(await send('/v1/transfers', { body, token: 'dk_t1' })).toMatchObject({
      status: 400,
      body: { code: 'malformed', errors: [{ loc: ['body', 'constructor'], type: 'name' }] },
    });
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
