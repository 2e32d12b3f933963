import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DeliveryStand, OTHER_TENANT, tokens } from '../testing/delivery-stand.js';

const url = 'http://127.0.0.1:9/hooks';
const body = { url, event_types: ['payout.*'] };
const path = '/v1/webhook_endpoints';

let stand: DeliveryStand;
beforeAll(async () => {
  stand = await DeliveryStand.start(['http'], { ENDPOINT_LIMIT: '40' });
});
afterAll(() => stand.stop());

const everything = async (): Promise<string> =>
  JSON.stringify(
    await stand.rows(`select to_jsonb(e) from webhook_endpoint e 
      union all select to_jsonb(s) from webhook_secret s
      union all select to_jsonb(d) from webhook_delivery d
      union all select to_jsonb(r) from webhook_replay r`),
  );

describe('an endpoint', () => {
  it('is made, shown, listed, changed and deleted', async () => {
    const made = await stand.call('POST', path, {
      body: { ...body, description: 'shop', headers: { 'X-Shop': 'a' } },
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      url,
      enabled: true,
      event_types: ['payout.*'],
      header_names: ['x-shop'],
    });
    const { id } = made.body;
    const changed = await stand.call('PATCH', `${path}/${id}`, {
      body: { event_types: ['*'], concurrency: 1 },
    });
    expect(changed.body).toMatchObject({ url, description: 'shop', event_types: ['*'], concurrency: 1 });
    expect((await stand.call('GET', `${path}/${id}`)).body).toEqual(changed.body);
    expect((await stand.call('GET', path)).body.data).toContainEqual(changed.body);
    expect((await stand.call('DELETE', `${path}/${id}`)).status).toBe(204);
    expect((await stand.call('GET', `${path}/${id}`)).status).toBe(404);
    expect((await stand.call('DELETE', `${path}/${id}`)).status).toBe(404);
    expect(await stand.rows('select from webhook_secret where endpoint_id = $1', [id])).toEqual([]);
  });

  it('is made once for one key, and the answer with its secret comes again', async () => {
    const key = randomUUID();
    const first = await stand.call('POST', path, { body, key });
    const again = await stand.call('POST', path, { body, key });
    expect(first.body.secret).toMatch(/^whsec_/);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-hit')).toBe('true');
    const other = await stand.call('POST', path, { body: { ...body, url: `${url}2` }, key });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
  });

  it('is listed page by page', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = (await stand.call('GET', `${path}?page_size=1${cursor}`)).body;
      seen.push(...page.data.map(({ id }: { id: string }) => id));
      cursor = page.next === undefined ? '' : `&cursor=${page.next}`;
    } while (cursor !== '');
    const all = (await stand.call('GET', `${path}?page_size=100`)).body.data;
    expect(seen).toEqual(all.map(({ id }: { id: string }) => id));
  });

  it('may be one of at most so many', async () => {
    await stand.rows(
      `insert into webhook_endpoint (tenant_id, id, url, description, event_types, header_names,
         headers_sealed, concurrency, status)
       values ($1, 'whe_' || generate_series(1, 40), 'x', '', '{*}', '{}', '', 1, 'enabled')`,
      [OTHER_TENANT],
    );
    const refused = await stand.call('POST', path, { body, token: tokens.two });
    expect([refused.status, refused.body.code, refused.body.limit]).toEqual([409, 'too-many-endpoints', 40]);
  });
});

describe('the secret of an endpoint', () => {
  it('is shown in the answer that made it, and lies nowhere in clear', async () => {
    const { id, secret } = await stand.endpoint(url);
    expect((await stand.call('GET', `${path}/${id}`)).text).not.toContain('whsec_');
    const everywhere = await stand.rows<{ text: string }>(
      `select to_jsonb(k)::text as text from idempotency_key k
       union all select to_jsonb(s)::text from webhook_secret s`,
    );
    expect(everywhere.filter(({ text }) => text.includes(secret) || text.includes('whsec_'))).toEqual([]);
  });

  it('is not shown when the answer comes again after a day', async () => {
    const key = randomUUID();
    const first = await stand.call('POST', path, { body, key });
    const later = { now: () => new Date(Date.now() + 25 * 3_600_000) };
    const tomorrow = await DeliveryStand.beside(stand, later);
    const again = await tomorrow('POST', path, { body, key });
    expect(again.body).toEqual({ ...first.body, secret: null });
  });

  it('rotates with an overlap: both sign, then one', async () => {
    const { id } = await stand.endpoint(url);
    const rotated = await stand.call('POST', `${path}/${id}/secrets`, { body: { overlap_seconds: 60 } });
    expect(rotated.status).toBe(201);
    expect(rotated.body.secret).toMatch(/^whsec_/);
    const [newer, older] = rotated.body.secrets;
    expect(newer.expires_at).toBeNull();
    expect(Date.parse(older.expires_at) - Date.now()).toBeLessThanOrEqual(60_000);
    await stand.call('POST', `${path}/${id}/secrets`, { body: { overlap_seconds: 0, scheme: 'v1a' } });
    const { data } = (await stand.call('GET', `${path}/${id}/secrets`)).body;
    expect(data).toMatchObject([
      { scheme: 'v1a', expires_at: null, public_key: expect.stringMatching(/^whpk_/) },
    ]);
  });

  it('that was brought along, or is the private key of v1a, is never shown', async () => {
    const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
    expect((await stand.call('POST', path, { body: { ...body, secret } })).body.secret).toBeNull();
    expect((await stand.call('POST', path, { body: { ...body, scheme: 'v1a' } })).body.secret).toBeNull();
  });

  it('is one of at most five', async () => {
    const { id } = await stand.endpoint(url);
    const rotate = () => stand.call('POST', `${path}/${id}/secrets`, { body: {} });
    for (let count = 1; count < 5; count++) expect((await rotate()).status).toBe(201);
    expect((await rotate()).body).toMatchObject({ code: 'too-many-secrets', limit: 5 });
  });
});

describe('what changes nothing', () => {
  it.each([
    ['no url', { event_types: ['*'] }, 400],
    ['a url of another scheme', { ...body, url: 'ftp://a.example/' }, 422],
    ['a private address', { ...body, url: 'http://10.0.0.1/' }, 422],
    ['the metadata address', { ...body, url: 'http://169.254.169.254/latest' }, 422],
    ['no types', { ...body, event_types: [] }, 400],
    ['a type twice', { ...body, event_types: ['a.b', 'a.b'] }, 400],
    ['a pattern that is none', { ...body, event_types: ['payout*'] }, 400],
    ['a type that is no text', { ...body, event_types: [1] }, 400],
    ['types as a text', { ...body, event_types: 'payout.*' }, 400],
    ['51 types', { ...body, event_types: Array.from({ length: 51 }, (_, index) => `a.b${index}`) }, 400],
    ['null', { ...body, description: null }, 400],
    ['an unknown field', { ...body, uri: 'x' }, 400],
    ['a header that cannot be set', { ...body, headers: { 'Webhook-Id': 'x' } }, 422],
    ['a header that ends early', { ...body, headers: { 'x-a': 'b\r\nhost: c' } }, 422],
    ['a header that is no text', { ...body, headers: { 'x-a': 1 } }, 400],
    ['a header called __proto__', `{"url":"${url}","event_types":["*"],"headers":{"__proto__":"x"}}`, 400],
    ['headers as a list', { ...body, headers: ['x'] }, 400],
    ['a concurrency of 0', { ...body, concurrency: 0 }, 400],
    ['a concurrency of 1.5', { ...body, concurrency: 1.5 }, 400],
    ['a secret that is too short', { ...body, secret: 'whsec_abcd' }, 400],
    ['another scheme', { ...body, scheme: 'v2' }, 400],
    ['a list', [], 400],
    ['half a document', '{"url":', 400],
  ])('making one with %s', async (_, wrong, status) => {
    const before = await everything();
    const answer = await stand.call('POST', path, { body: wrong });
    expect([answer.status, answer.body.code]).toEqual([status, expect.any(String)]);
    expect(await everything()).toBe(before);
  });

  it('an event that nobody sends: the known ones are named', async () => {
    for (const [types, known] of [
      [['payout.payed'], 'payout.paid'],
      [['*', 'order.created'], 'payment_intent.*'],
    ] as const) {
      const answer = await stand.call('POST', path, { body: { ...body, event_types: types } });
      expect([answer.status, answer.body.errors.length]).toEqual([400, 1]);
      expect(answer.body.errors[0].msg).toMatch(
        /^event_types has .*, of which there is no event; there are /,
      );
      expect(answer.body.errors[0].msg).toContain(known);
    }
  });

  it.each([
    ['PATCH', '', { url: null }, 400],
    ['PATCH', '', { url: 'http://192.168.1.1/' }, 422],
    ['PATCH', '', { enabled: false }, 400],
    ['POST', '/secrets', { overlap_seconds: -1 }, 400],
    ['POST', '/secrets', { overlap_seconds: 2_592_001 }, 400],
    ['POST', '/enable', { x: 1 }, 400],
    ['POST', '/replays', { from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 400],
    ['POST', '/replays', { from: 'yesterday', to: 'today' }, 400],
  ])('%s %s with %j', async (method, rest, wrong, status) => {
    const { id } = await stand.endpoint(url);
    const before = await everything();
    expect((await stand.call(method, `${path}/${id}${rest}`, { body: wrong })).status).toBe(status);
    expect(await everything()).toBe(before);
  });

  it.each([
    ['GET', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/enable'],
    ['POST', '/disable'],
    ['GET', '/secrets'],
    ['POST', '/secrets'],
    ['POST', '/test'],
    ['GET', '/replays'],
    ['POST', '/replays'],
  ])('%s %s of another tenant, of nobody, and without the scope', async (method, rest) => {
    const { id } = await stand.endpoint(url);
    const before = await everything();
    const range = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' };
    const given = method === 'GET' || method === 'DELETE' ? {} : { body: rest === '/replays' ? range : {} };
    const ask = (of: string, token: string) =>
      stand.call(method, `${path}/${of}${rest}`, { ...given, token });
    expect((await ask(id, tokens.two)).status).toBe(404);
    expect((await ask('whe_0', tokens.one)).status).toBe(404);
    expect((await ask(id, 'dk_nobody')).status).toBe(401);
    if (method !== 'GET') expect((await ask(id, tokens.reader)).status).toBe(403);
    expect(await everything()).toBe(before);
  });

  it.each(['cursor=abc', 'page_size=0', 'page_size=x', 'colour=red'])('the list with %s', async (query) =>
    expect((await stand.call('GET', `${path}?${query}`)).status).toBe(400),
  );
  it.each(['state=lost', 'endpoint_id=x', 'cursor=abc', 'type=%27', 'page_size=-1'])(
    'the list of deliveries with %s',
    async (query) => expect((await stand.call('GET', `/v1/webhook_deliveries?${query}`)).status).toBe(400),
  );
});
