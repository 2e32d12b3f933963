import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { showsRegex } from '@defter/testing';
import { TestLedger } from './ledger.fixture.js';

let ledger: TestLedger;
let before: string;
beforeAll(async () => {
  ledger = await TestLedger.start();
  await ledger.open('main');
  await ledger.open('strict', {
    strict: true,
    accountTypes: [{ pattern: 'users:*' }, { pattern: 'old:*', closed: true }],
  });
  await ledger.transfer('main', { from: 'world', to: 'users:1', amount: 100 });
  before = await ledger.digest();
});
afterAll(() => ledger.stop());

const posting = (amount: string) =>
  `{"postings":[{"source":"world","destination":"users:1","amount":${amount},"asset":"TRY/2"}]}`;
const good = posting('1');

const cases: [
  name: string,
  raw: string,
  expected: { status: number; code: string; loc?: (string | number)[] },
  path?: string,
][] = [
  ['malformed JSON', '{"postings":[', { status: 400, code: 'malformed' }],
  ['a second document after the body', `${good}{}`, { status: 400, code: 'malformed' }],
  ['the same JSON key twice', '{"postings":[],"postings":[]}', { status: 400, code: 'malformed' }],
  [
    'an amount as a float',
    posting('1.5'),
    { status: 400, code: 'malformed', loc: ['body', 'postings', 0, 'amount'] },
  ],
  [
    'an amount as a whole float',
    posting('1.0'),
    { status: 400, code: 'malformed', loc: ['body', 'postings', 0, 'amount'] },
  ],
  [
    'an amount as an exponent',
    posting('1e3'),
    { status: 400, code: 'malformed', loc: ['body', 'postings', 0, 'amount'] },
  ],
  [
    'an amount as an exponent in text',
    posting('"1e3"'),
    { status: 400, code: 'malformed', loc: ['body', 'postings', 0, 'amount'] },
  ],
  [
    'a negative amount',
    posting('-1'),
    { status: 400, code: 'malformed', loc: ['body', 'postings', 0, 'amount'] },
  ],
  [
    'a negative amount beyond 2^53',
    posting('-99999999999999999999'),
    { status: 400, code: 'malformed', loc: ['body', 'postings', 0, 'amount'] },
  ],
  [
    'an amount of 79 digits',
    posting(`1${'0'.repeat(78)}`),
    { status: 400, code: 'malformed', loc: ['body', 'postings', 0, 'amount'] },
  ],
  [
    'an amount of 79 digits in text',
    posting(`"1${'0'.repeat(78)}"`),
    { status: 400, code: 'malformed', loc: ['body', 'postings', 0, 'amount'] },
  ],
  [
    'a metadata value that is a number',
    good.replace('{"post', '{"metadata":{"a":12345678901234567890},"post'),
    { status: 400, code: 'malformed' },
  ],
  [
    'a metadata name with a line feed',
    good.replace('{"post', '{"metadata":{"a\\nb":"c"},"post'),
    { status: 400, code: 'malformed' },
  ],
  [
    'metadata of an account with an illegal address',
    good.replace('{"post', '{"accountMetadata":{"bad address!":{"a":"b"}},"post'),
    { status: 400, code: 'malformed' },
  ],
  [
    'half a surrogate pair in metadata',
    good.replace('{"post', '{"metadata":{"a":"\\ud800"},"post'),
    { status: 400, code: 'malformed' },
  ],
  [
    'the last second of the year 9999 west of Greenwich',
    good.replace('{"post', '{"timestamp":"9999-12-31T23:59:59-01:00","post'),
    { status: 400, code: 'malformed', loc: ['body', 'timestamp'] },
  ],
  [
    'a ledger name with a NUL byte',
    good,
    { status: 400, code: 'malformed', loc: ['path', 'ledger'] },
    '/v2/a%00b/transactions',
  ],
  [
    'metadata of an account that a strict ledger does not know',
    '{"a":"b"}',
    { status: 422, code: 'account-unknown' },
    '/v2/strict/accounts/people:1/metadata',
  ],
  [
    'an unknown field',
    '{"postings":[],"amount":1}',
    { status: 400, code: 'malformed', loc: ['body', 'amount'] },
  ],
  ['a field in other case', good.replace('"asset"', '"Asset"'), { status: 400, code: 'malformed' }],
  [
    'a bad asset',
    good.replace('TRY/2', 'try'),
    { status: 400, code: 'malformed', loc: ['body', 'postings', 0, 'asset'] },
  ],
  [
    'a bad address',
    good.replace('users:1', 'users::1'),
    { status: 400, code: 'malformed', loc: ['body', 'postings', 0, 'destination'] },
  ],
  ['a NUL byte', good.replace('users:1', 'users\\u0000'), { status: 400, code: 'malformed' }],
  ['no postings', '{"postings":[]}', { status: 400, code: 'no-postings' }],
  ['no object', '[]', { status: 400, code: 'malformed' }],
  [
    'a day that does not exist',
    good.replace('{"post', '{"timestamp":"2026-02-31T00:00:00Z","post'),
    { status: 400, code: 'malformed', loc: ['body', 'timestamp'] },
  ],
  [
    'the year 1',
    good.replace('{"post', '{"timestamp":"0001-01-01T00:00:00Z","post'),
    { status: 400, code: 'malformed' },
  ],
  [
    'an expiry without a hold',
    good.replace('{"post', '{"expiresIn":5,"post'),
    { status: 400, code: 'malformed', loc: ['body', 'expiresIn'] },
  ],
  ['a ledger that is not there', good, { status: 404, code: 'ledger-not-found' }, '/v2/nowhere/transactions'],
  [
    'an unknown account in strict mode',
    good.replace('users:1', 'people:1'),
    { status: 422, code: 'account-unknown' },
    '/v2/strict/transactions',
  ],
  [
    'a closed account',
    good.replace('users:1', 'old:1'),
    { status: 422, code: 'account-closed' },
    '/v2/strict/transactions',
  ],
  [
    'an unknown query parameter',
    good,
    { status: 400, code: 'malformed', loc: ['query', 'dryrun'] },
    '/v2/main/transactions?dryrun=true',
  ],
];

describe('bad input', () => {
  it.each(cases)(
    '%s is refused in words, and nothing changes',
    async (_, raw, expected, path = '/v2/main/transactions') => {
      const { status, body } = await ledger.call('POST', path, { raw });
      expect([status, body.code]).toEqual([expected.status, expected.code]);
      expect(body).toMatchObject({
        status,
        errorCode: expect.stringMatching(/^[A-Z_]+$/),
        title: expect.any(String),
        traceId: expect.any(String),
      });
      if (expected.loc !== undefined)
        expect(body.errors.map(({ loc }: { loc: unknown }) => loc)).toContainEqual(expected.loc);
      const said: string[] = (body.errors ?? []).map(({ msg }: { msg: string }) => msg);
      expect([body.errorMessage, ...said].filter(showsRegex)).toEqual([]);
      expect(await ledger.digest()).toBe(before);
    },
  );

  it.each([
    ['no key', '', 401, 'unauthenticated'],
    ['an unknown key', 'dk_unknown', 401, 'unauthenticated'],
  ])('%s: not authenticated', async (_, token, status, code) => {
    const answer = await ledger.call('POST', '/v2/main/transactions', { raw: good, token });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await ledger.digest()).toBe(before);
  });

  it('a key without the scope may not write', async () => {
    const answer = await ledger.call('POST', '/v2/main/transactions', {
      raw: good,
      token: ledger.tokens.reader,
    });
    expect([answer.status, answer.body.code]).toEqual([403, 'scope-missing']);
    expect(await ledger.digest()).toBe(before);
  });

  it("another tenant's ledger looks as if it did not exist", async () => {
    const token = ledger.tokens.two;
    const write = await ledger.call('POST', '/v2/main/transactions', { raw: good, token });
    const none = await ledger.call('POST', '/v2/none/transactions', { raw: good, token });
    expect([write.status, write.body.errorCode]).toEqual([404, 'LEDGER_NOT_FOUND']);
    expect([none.status, none.body.errorCode]).toEqual([404, 'LEDGER_NOT_FOUND']);
    expect((await ledger.call('GET', '/v2/main/accounts/users:1/balances', { token })).status).toBe(404);
    expect((await ledger.call('GET', '/v2', { token })).body.cursor.data).toEqual([]);
    expect(await ledger.digest()).toBe(before);
  });

  it('a transaction that could be recorded and never be published is refused', async () => {
    const metadata = Object.fromEntries(Array.from({ length: 90 }, (_, n) => [`m${n}`, 'ş'.repeat(4096)]));
    const raw = good.replace('{"post', `{"metadata":${JSON.stringify(metadata)},"post`);
    const answer = await ledger.call('POST', '/v2/main/transactions', { raw });
    expect([answer.status, answer.body.code]).toEqual([413, 'command-too-large']);
    expect(await ledger.digest()).toBe(before);
  });

  it('a NUL byte in a query or a path is refused', async () => {
    const list = await ledger.call('GET', '/v2/main/transactions?reference=%00');
    const metadata = await ledger.call('DELETE', '/v2/main/accounts/users:1/metadata/a%00b');
    expect([list.status, metadata.status]).toEqual([400, 400]);
    for (const path of ['account-types/%00', 'pipelines/%00', 'monitors/%00']) {
      expect([path, (await ledger.call('DELETE', `/v2/main/${path}`)).status]).toEqual([path, 400]);
    }
    expect((await ledger.call('POST', '/v2/%00/verify')).status).toBe(400);
    expect(await ledger.digest()).toBe(before);
  });

  it('a body of 2 MB is refused at once', async () => {
    const raw = good.replace('{"post', `{"metadata":{"x":"${'a'.repeat(2_000_000)}"},"post`);
    const answer = await ledger.call('POST', '/v2/main/transactions', { raw });
    expect(answer.status).toBe(413);
    expect(await ledger.digest()).toBe(before);
  });

  it('a malformed list request is refused: page size, cursor, cursor of another list', async () => {
    await ledger.transfer('main', { from: 'world', to: 'users:2', amount: 1 });
    const pages = await ledger.call('GET', '/v2/main/accounts?pageSize=1');
    const { next } = pages.body.cursor;
    await ledger.open('other');
    const elsewhere = await ledger.call('GET', `/v2/other/accounts?cursor=${next}`);
    expect([elsewhere.status, elsewhere.body.code]).toEqual([400, 'malformed']);
    for (const query of ['pageSize=0', 'pageSize=x', 'cursor=abc', `cursor=${next}`, 'sort=colour']) {
      const { status, body } = await ledger.call('GET', `/v2/main/transactions?${query}`);
      expect([query, status, body.code]).toEqual([query, 400, 'malformed']);
    }
    expect(
      (await ledger.call('GET', `/v2/main/accounts?pageSize=1&cursor=${next}`)).body.cursor.data,
    ).toHaveLength(1);
  });
});
