// What ledgers of this shape are known to get wrong, on the level of raw HTTP: one test for each.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, TestLedger } from '../ledger.fixture.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.start();
  await ledger.open('main');
});
afterAll(() => ledger.stop());

const deposit = (amount: number | string = 1, to = 'edge'): string =>
  `{"postings":[{"source":"world","destination":"${to}","amount":${amount},"asset":"TRY/2"}]}`;
const post = (raw: string, query = '', headers: object = {}): Promise<Answer> =>
  ledger.call('POST', `/v2/main/transactions${query}`, { raw, headers });

/** Sends bytes that no JSON writer would make. */
const postBytes = async (bytes: Uint8Array, contentType = 'application/json'): Promise<number> => {
  const response = await fetch(`${ledger.replicas[0]?.url}/v2/main/transactions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ledger.tokens.one}`, 'content-type': contentType },
    body: bytes,
  });
  return response.status;
};

describe('what is not one clear request is refused with 400, and nothing moves', () => {
  const twice = deposit().replace('"asset"', '"amount":2,"asset"');
  const noted = (members: string) => deposit().replace('{"post', `{${members},"post`);
  it.each([
    ['text after the body', `${deposit()} and more`],
    ['a second document after the body', `${deposit()}\n${deposit()}`],
    ['a key twice', twice],
    ['a key twice, once written with an escape', deposit().replace('"asset"', '"\\u0061mount":2,"asset"')],
    ['fields in other case', deposit().replace('"postings"', '"Postings"')],
    ['a NUL in a reference', noted('"reference":"a\\u0000b"')],
    ['a NUL in metadata', noted('"metadata":{"a":"\\u0000"}')],
    ['the year 0001', noted('"timestamp":"0001-01-01T00:00:00Z"')],
    ['a reference of 257 characters', noted(`"reference":"${'r'.repeat(257)}"`)],
    ['a metadata name of 129 characters', noted(`"metadata":{"${'m'.repeat(129)}":"a"}`)],
    ['an address of 257 characters', deposit(1, 'a'.repeat(257))],
  ])('%s', async (_, raw) => {
    const before = await ledger.digest();
    const { status, body } = await post(raw);
    expect([status, body.errorCode]).toEqual([400, 'VALIDATION']);
    expect(await ledger.digest()).toBe(before);
  });

  it.each(['perhaps', 'True', '1', '', 'false%20'])('dryRun=%s', async (value) => {
    const before = await ledger.digest();
    const { status, body } = await post(deposit(), `?dryRun=${value}`);
    expect([status, body.errors[0].loc]).toEqual([400, ['query', 'dryRun']]);
    expect(await ledger.digest()).toBe(before);
  });

  it('invalid UTF-8, a byte order mark that is cut, a raw NUL', async () => {
    const before = await ledger.digest();
    const text = Buffer.from(deposit());
    const at = text.indexOf('edge');
    for (const byte of [0xff, 0xc0, 0xed, 0x00]) {
      const bytes = Buffer.from(text);
      bytes[at] = byte;
      expect([byte, await postBytes(bytes)]).toEqual([byte, 400]);
    }
    expect(await ledger.digest()).toBe(before);
  });

  it('over-long idempotency keys, in the header and in a bulk', async () => {
    const key = 'k'.repeat(257);
    expect((await post(deposit(), '', { 'idempotency-key': key })).status).toBe(400);
    const element = { action: 'CREATE_TRANSACTION', ik: key, data: JSON.parse(deposit()) as unknown };
    expect((await ledger.call('POST', '/v2/main/_bulk', { body: [element] })).status).toBe(400);
  });

  it('unknown sort columns, and paths that are no addresses', async () => {
    for (const path of [
      '/v2/main/transactions?sort=colour:asc',
      '/v2/main/accounts?sort=balance',
      '/v2/main/logs?sort=',
      '/v2?sort=owner:asc',
      '/v2/main/accounts/a%20b',
      '/v2/main/accounts/%ff',
      '/v2/main/transactions/9999999999999999999999',
      '/v2/main/transactions/-1',
    ]) {
      expect([path, (await ledger.call('GET', path)).status]).toEqual([path, 400]);
    }
  });
});

describe('many at once', () => {
  it('50 transfers between two accounts that pay each other all end, and keep the sum', async () => {
    await Promise.all(
      ['pair:a', 'pair:b'].map((to) => ledger.transfer('main', { from: 'world', to, amount: 500 })),
    );
    const pay = (index: number) =>
      index % 2 === 0
        ? ledger.transfer('main', { from: 'pair:a', to: 'pair:b', amount: index })
        : ledger.transfer('main', { from: 'pair:b', to: 'pair:a', amount: index });
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => pay(index)));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    const [a, b] = await Promise.all([ledger.balance('main', 'pair:a'), ledger.balance('main', 'pair:b')]);
    // 0 + 2 + … + 48 went one way, 1 + 3 + … + 49 the other.
    expect([a.posted, b.posted]).toEqual([525, 475]);
  });

  it('ten parallel atomic bulks over the same accounts, in both directions, all end', async () => {
    const accounts = Array.from({ length: 20 }, (_, index) => `ring:${index}`);
    const bulk = (order: readonly string[]) =>
      ledger.call('POST', '/v2/main/_bulk?atomic=true', {
        body: order.map((destination) => ({
          action: 'CREATE_TRANSACTION',
          data: { postings: [{ source: 'world', destination, amount: 1, asset: 'TRY/2' }] },
        })),
      });
    const orders = Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? accounts : [...accounts].reverse()));
    const answers = await Promise.all(orders.map(bulk));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    const balances = await Promise.all(accounts.map((account) => ledger.balance('main', account)));
    expect(balances.map(({ posted }) => posted)).toEqual(Array(20).fill(10));
  });

  it('a bulk answers in the order of its elements, with parallel too', async () => {
    const elements = Array.from({ length: 200 }, (_, index) => ({
      action: 'CREATE_TRANSACTION',
      data: { postings: [{ source: 'world', destination: `p:${index}`, amount: index, asset: 'TRY/2' }] },
    }));
    const { body } = await ledger.call('POST', '/v2/main/_bulk?parallel=true', { body: elements });
    const amounts = body.data.map(
      (each: { data: { postings: { amount: number }[] } }) => each.data.postings[0]?.amount,
    );
    expect(amounts).toEqual(elements.map((_, index) => index));
  });
});

describe('numbers', () => {
  it('have no gaps after refusals and dry runs', async () => {
    const first = await post(deposit());
    const refused = await ledger.transfer('main', { from: 'nobody', to: 'edge', amount: 1 });
    const dry = await post(deposit(), '?dryRun=true');
    const reference = deposit().replace('{"post', '{"reference":"taken","post');
    const taken = [await post(reference), await post(reference)];
    const last = await post(deposit());
    expect([refused.status, dry.status, ...taken.map(({ status }) => status)]).toEqual([400, 200, 200, 409]);
    expect(last.body.data.id).toBe(first.body.data.id + 2);
    const sequences = [first, last].map(({ headers }) => parseInt(headers.get('defter-sequence') ?? '', 10));
    expect(sequences[1]).toBe((sequences[0] ?? 0) + 2);
  });
});

describe('a bulk', () => {
  it('that is atomic and fails lists none of its elements as done', async () => {
    const data = (source: string) => ({
      postings: [{ source, destination: 'bulk', amount: 1, asset: 'TRY/2' }],
    });
    const { status, body } = await ledger.call('POST', '/v2/main/_bulk?atomic=true', {
      body: ['world', 'nobody', 'world'].map((source) => ({
        action: 'CREATE_TRANSACTION',
        data: data(source),
      })),
    });
    expect(status).toBe(400);
    expect(body.data).toMatchObject([
      { responseType: 'ERROR', code: 'rolled-back', logID: 0 },
      { responseType: 'ERROR', code: 'insufficient-funds', errorCode: 'INSUFFICIENT_FUND' },
      { responseType: 'ERROR', code: 'rolled-back' },
    ]);
    expect((await ledger.balance('main', 'bulk')).posted).toBe(0);
  });
});

describe('metadata', () => {
  it.each(['accounts/noted', 'transactions/1'])('of %s that is deleted is gone', async (target) => {
    await post(deposit(1, 'noted'));
    const path = `/v2/main/${target}`;
    expect((await ledger.call('POST', `${path}/metadata`, { body: { a: '1', b: '2' } })).status).toBe(204);
    expect((await ledger.call('DELETE', `${path}/metadata/a`)).status).toBe(204);
    expect((await ledger.call('GET', path)).body.data.metadata).toEqual({ b: '2' });
  });

  it('of a ledger holds text that can be stored, and not too much of it', async () => {
    const put = (body: object) => ledger.call('PUT', '/v2/main/metadata', { body });
    const many = (from: number) =>
      Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`m${from + n}`, 'x']));
    expect((await put({ a: '\ud800' })).status).toBe(400);
    expect((await put({ 'a\u0000': 'b' })).status).toBe(400);
    expect((await put(many(0))).status).toBe(204);
    expect((await put(many(60))).status).toBe(400);
    expect((await put(many(0))).status).toBe(204);
    const { body } = await ledger.call('GET', '/v2/main');
    expect(Object.keys(body.data.metadata)).toHaveLength(60);
    expect((await ledger.open('halved', { metadata: { a: '\udc00' } })).status).toBe(400);
  });
});

describe('amounts', () => {
  it('are JSON integers, or text with the header, in lists, volumes, dry runs and refusals too', async () => {
    const large = '123456789012345678901234567890';
    const asText = { headers: { 'formance-bigint-as-string': 'true' } };
    const plain = await post(deposit(large, 'large'));
    expect(plain.text).toContain(`"amount":${large}`);
    const text = await post(deposit(`"${large}"`, 'large'), '?dryRun=true', asText.headers);
    expect(text.headers.get('content-type')).toContain('application/json');
    expect(text.body.data.postings[0].amount).toBe(large);
    expect(text.body.data.postCommitVolumes.large['TRY/2'].input).toBe((BigInt(large) * 2n).toString());
    expect(text.body.data.id).toEqual(expect.any(Number));
    for (const path of ['transactions?pageSize=1', 'volumes', 'aggregate/balances', 'logs?pageSize=1']) {
      const answer = await ledger.call('GET', `/v2/main/${path}`, asText);
      expect([path, answer.text.match(/(amount|input|balance)":-?\d/)]).toEqual([path, null]);
    }
    const short = await ledger.transfer('main', { from: 'large', to: 'b', amount: `9${large}` });
    expect(short.text).toContain(`"needed":9${large}`);
    const raw = deposit(`9${large}`).replace('world', 'large');
    expect((await post(raw, '', asText.headers)).body).toMatchObject({
      needed: `9${large}`,
      available: large,
    });
    expect((await post(deposit(), '', { 'formance-bigint-as-string': 'yes' })).status).toBe(400);
  });
});

describe('refusals', () => {
  it('name the place of what is wrong, and carry an error code that clients know', async () => {
    const { body } = await post(deposit('1.5'));
    expect(body.detail).toMatch(/^body\.postings\[0\]\.amount: must be a whole number/);
    expect(body.errorMessage).toBe(body.detail);
    const [unauthenticated, forbidden, large, type] = await Promise.all([
      ledger.call('GET', '/v2/main', { token: '' }),
      ledger.call('POST', '/v2/main/transactions', { raw: deposit(), token: ledger.tokens.reader }),
      post(deposit().replace('{"post', `{"metadata":{"x":"${'a'.repeat(1_100_000)}"},"post`)),
      ledger.call('POST', '/v2/main/transactions', { raw: 'a', headers: { 'content-type': 'text/plain' } }),
    ]);
    const said = [unauthenticated, forbidden, large, type].map((each) => [
      each.status,
      each.body.errorCode,
      each.body.code,
    ]);
    expect(said).toEqual([
      [401, 'VALIDATION', 'unauthenticated'],
      [403, 'VALIDATION', 'scope-missing'],
      [413, 'VALIDATION', 'too-large'],
      [415, 'VALIDATION', 'unsupported-media-type'],
    ]);
  });

  it('say which key was used before, and with another body', async () => {
    const headers = { 'idempotency-key': 'once' };
    await post(deposit(1), '', headers);
    const { status, body } = await post(deposit(2), '', headers);
    expect([status, body.errorCode, body.code, body.key]).toEqual([
      409,
      'CONFLICT',
      'idempotency-key-conflict',
      'once',
    ]);
    expect(body.details).toBe('key once');
  });

  it('of a path that is not there are 404, of a method that a path does not have 405', async () => {
    expect((await ledger.call('GET', '/v2/main/nothing/here')).status).toBe(404);
    const { status, headers, body } = await ledger.call('PATCH', '/v2/main/transactions/1');
    expect([status, body.code, body.errorCode]).toEqual([405, 'method-not-allowed', 'VALIDATION']);
    expect(headers.get('allow')).toContain('GET');
  });
});
