import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { manualClock } from '@defter/kernel';
import { eventually } from '@defter/testing';
import { converse } from '../testing/raw-http.js';
import { type Ingress, secrets, startIngress, tokens } from '../testing/ingress.js';
import { signed } from '../testing/test-provider.js';

const clock = manualClock('2026-03-01T12:00:00Z');
let ingress: Ingress;
beforeAll(async () => {
  ingress = await startIngress({
    clock,
    env: { REFUSALS_PER_ADDRESS: '1000', REFUSALS_PER_CONNECTION: '1000' },
  });
});
afterAll(() => ingress.stop());

const query = <R extends object>(sql: string, ...parameters: unknown[]) =>
  ingress.database.database.query<R>(sql, parameters);
const bodyOf = (id: string) => JSON.stringify({ events: [{ id, type: 't', operation: `op_${id}` }] });
const sign = (body: string | Uint8Array, secret = secrets.old, at = clock.now()) => signed(body, secret, at);
const stored = (body: Uint8Array) =>
  query<{ status: string; body: Buffer }>('select status, body from webhook_request where body = $1', body);
const pathOf = (provider: string, connection: string) => `/api/v1/payments/webhook/${provider}/${connection}`;

describe('bytes are kept as they came', () => {
  it.each([
    ['with \\r\\n in them', Buffer.from(bodyOf('crlf').replace(',', ',\r\n'))],
    ['with a byte order mark', Buffer.from(`\ufeff${bodyOf('bom')}`)],
    ['with spaces around', Buffer.from(`  ${bodyOf('spaces')}\n\n`)],
  ])('%s', async (_, body) => {
    expect((await ingress.post('test-psp/c_one', sign(body))).status).toBe(202);
    const [row] = await stored(body);
    expect(row?.body.equals(body)).toBe(true);
    // One byte less is another body: it isn't what was signed.
    const shorter = { ...sign(body), body: body.subarray(0, -1) };
    expect((await ingress.post('test-psp/c_one', shorter)).status).toBe(401);
  });

  it.each([
    ['not UTF-8', Buffer.from([0xff, 0xfe, 0x80])],
    ['NUL alone', Buffer.alloc(1_000)],
    ['nothing at all', Buffer.alloc(0)],
    ['a NUL inside', Buffer.from('{"events":[\0]}')],
  ])('(%s) also when nobody can read them', async (_, body) => {
    expect((await ingress.post('test-psp/c_one', sign(body))).status).toBe(202);
    expect(await stored(body)).toMatchObject([{ status: 'unparseable' }]);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'nonsense',
    'application/json; charset=latin5',
  ])('whatever %s says they are', async (type) => {
    const request = sign(bodyOf(`type ${type}`));
    const headers = { ...request.headers, 'content-type': type };
    expect((await ingress.post('test-psp/c_one', { ...request, headers })).status).toBe(202);
    expect(await stored(request.body)).toMatchObject([{ status: 'accepted' }]);
  });

  it('in chunks without a length, at once or byte by byte', async () => {
    const { body, headers } = sign(bodyOf('chunked'));
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const head = [
      `POST ${pathOf('test-psp', 'c_one')} HTTP/1.1`,
      'Host: x',
      'Transfer-Encoding: chunked',
      ...lines,
    ];
    const chunks = [...body].map((byte) =>
      Buffer.concat([Buffer.from('1\r\n'), Buffer.from([byte]), Buffer.from('\r\n')]),
    );
    const url = ingress.instances[0]?.url ?? '';
    const answer = await converse(url, [`${head.join('\r\n')}\r\n\r\n`, ...chunks, '0\r\n\r\n']);
    expect(answer).toContain('HTTP/1.1 202');
    expect(await stored(body)).toMatchObject([{ status: 'accepted' }]);
  });

  it('in chunks beyond the limit are refused', async () => {
    const head = `POST ${pathOf('test-psp', 'c_one')} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n`;
    const chunk = `${(65_536).toString(16)}\r\n${'x'.repeat(65_536)}\r\n`;
    const url = ingress.instances[0]?.url ?? '';
    const pieces = [`${head}webhook-signature: v1,AAAA\r\n\r\n`, ...Array.from({ length: 17 }, () => chunk)];
    expect(await converse(url, pieces)).toContain('HTTP/1.1 413');
  });
});

describe('time', () => {
  it.each([
    ['5:00 old', -300, 202],
    ['5:01 old', -301, 401],
    ['5:00 ahead', 300, 202],
    ['5:01 ahead', 301, 401],
  ])('%s', async (name, seconds, status) => {
    const at = new Date(clock.now().getTime() + seconds * 1_000);
    expect((await ingress.post('test-psp/c_one', sign(bodyOf(name), secrets.old, at))).status).toBe(status);
  });
});

describe('a list of 10,000 signatures', () => {
  const mock = (v1: readonly string[], body: Buffer) => {
    const t = Math.floor(clock.now().getTime() / 1_000);
    const digest = createHmac('sha256', secrets.old).update(`${t}.`).update(body).digest('hex');
    const list = v1.map((one) => (one === 'right' ? digest : one));
    return { body, headers: { 'mock-signature': `t=${t},${list.map((one) => `v1=${one}`).join(',')}` } };
  };
  const body = Buffer.from('{"id":"evt_list","type":"something_new"}');
  const providers = async () => {
    const { knownProviders } = await import('../connections/providers.read.js');
    return knownProviders.get('mock-psp')?.webhook;
  };

  it('is refused without a digest for each, and reaches no body of ours as headers', async () => {
    const webhook = await providers();
    const keys = [{ id: 'k', secret: secrets.old }];
    const raw = (v1: readonly string[]) => ({ path: pathOf('mock-psp', 'c_mock'), ...mock(v1, body) });
    const many = [...Array.from({ length: 9_999 }, () => '0'.repeat(64)), 'right'];
    expect(webhook?.verify(raw(many), keys, clock.now())).toEqual({
      valid: false,
      reason: 'signature_malformed',
    });
    expect(webhook?.verify(raw(['0'.repeat(64), 'right']), keys, clock.now())).toEqual({
      valid: true,
      keyId: 'k',
    });
    // Over HTTP 640 kB of headers end the connection before any of it is looked at.
    const { headers } = mock(many, body);
    const head = `POST ${pathOf('test-psp', 'c_one')} HTTP/1.1\r\nHost: x\r\n`;
    const request = `${head}mock-signature: ${headers['mock-signature']}\r\n\r\n`;
    expect(await converse(ingress.instances[0]?.url ?? '', [request])).toContain('HTTP/1.1 431');
  });
});

describe('signing keys', () => {
  it('verify between their not-before and not-after, and what is used is listed', async () => {
    const dated = (id: string, secret: string) => ingress.post('test-psp/c_dated', sign(bodyOf(id), secret));
    expect((await dated('dated_over', secrets.old)).status).toBe(401);
    expect((await dated('dated_later', secrets.lax)).status).toBe(401);
    for (const id of ['dated_1', 'dated_2']) expect((await dated(id, secrets.new)).status).toBe(202);
    await eventually(async () => {
      const answer = await ingress.operate('', tokens.reader, {}, 'webhook-connections');
      const text = await answer.text();
      for (const secret of Object.values(secrets)) expect(text).not.toContain(secret);
      const { data } = JSON.parse(text) as { data: { id: string; signing_keys: object[] }[] };
      expect(data.map(({ id }) => id)).toEqual(['c_one', 'c_lax', 'c_mock', 'c_dated']);
      expect(data.find(({ id }) => id === 'c_dated')?.signing_keys).toMatchObject([
        { id: 'key_over', state: 'over', uses: 0, last_used_at: null, not_after: '2026-01-01T00:00:00.000Z' },
        { id: 'key_now', state: 'live', uses: 2, last_used_at: clock.now().toISOString() },
        { id: 'key_later', state: 'not_yet', uses: 0 },
      ]);
    });
    expect((await ingress.operate('', tokens.scopeless, {}, 'webhook-connections')).status).toBe(403);
  });
});

it('refusals are listed by the hour, with examples, for their tenant only', async () => {
  const forged = sign(bodyOf('forged'), 'whsec_wrong');
  expect((await ingress.post('test-psp/c_two', forged)).status).toBe(401);
  interface Refusals {
    readonly data: readonly {
      readonly connection_id: string;
      readonly reason: string;
      readonly refused: number;
    }[];
    readonly samples: readonly { readonly body_base64: string; readonly source: string }[];
  }
  const list = async (token: string) => {
    const answer = await ingress.operate('', token, {}, 'webhook-refusals');
    return (await answer.json()) as Refusals;
  };
  await eventually(async () => {
    const { data, samples } = await list(tokens.stranger);
    expect(data).toMatchObject([{ connection_id: 'c_two', reason: 'signature_mismatch', refused: 1 }]);
    expect(samples).toMatchObject([{ body_base64: forged.body.toString('base64'), source: '127.0.0.1' }]);
  });
  expect((await list(tokens.reader)).data.map(({ connection_id }) => connection_id)).not.toContain('c_two');
});
