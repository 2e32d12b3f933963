import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestLedger } from './ledger.fixture.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.start();
  await ledger.open('main');
  await ledger.open('other');
  for (let n = 1; n <= 12; n++) {
    const timestamp = new Date(Date.UTC(2025, 0, 13 - n)).toISOString();
    const members = { timestamp, reference: `r${n}`, metadata: { parity: n % 2 === 0 ? 'even' : 'odd' } };
    await ledger.transfer('main', { from: 'world', to: `users:${n}`, amount: n }, { members });
  }
});
afterAll(() => ledger.stop());

interface Listed {
  readonly status: number;
  readonly ids: number[];
  readonly next: string | undefined;
  readonly code: string | undefined;
  readonly says: string | undefined;
}

const list = async (query: string, ledgerName = 'main'): Promise<Listed> => {
  const { status, body } = await ledger.call('GET', `/v2/${ledgerName}/transactions?${query}`);
  return {
    status,
    ids: (body.cursor?.data ?? []).map(({ id }: { id: number }) => id),
    next: body.cursor?.next,
    code: body.code,
    says: body.errors?.[0]?.msg,
  };
};
const asked = (filter: unknown): string => `query=${encodeURIComponent(JSON.stringify(filter))}`;

/** A request with a body where fetch sends none. */
const withBody = (method: string, path: string, body: string) =>
  new Promise<{ status: number; text: string; count: string | undefined }>((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${ledger.tokens.one}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const sent = request(`${ledger.replicas[0]?.url}${path}`, { method, headers, agent: false }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => {
        const count = answer.headers['count'];
        resolve({ status: answer.statusCode ?? 0, text, count: Array.isArray(count) ? count[0] : count });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });

describe('a list request', () => {
  const odd = { $match: { 'metadata[parity]': 'odd' } };

  it('takes its filter in the body of a GET as well, and a count in that of a HEAD', async () => {
    const { status, text } = await withBody('GET', '/v2/main/transactions', JSON.stringify(odd));
    expect([status, (JSON.parse(text) as { cursor: { data: unknown[] } }).cursor.data.length]).toEqual([
      200, 6,
    ]);
    expect(await withBody('HEAD', '/v2/main/transactions', JSON.stringify(odd))).toEqual({
      status: 204,
      text: '',
      count: '6',
    });
  });

  it.each([
    ['two documents', '{}{}'],
    ['the same key twice', '{"$match":{"id":1},"$match":{"id":2}}'],
    ['half a document', '{"$match"'],
    ['a number where a filter stands', '7'],
    ['more bytes than a cursor can hold', JSON.stringify({ $match: { reference: 'x'.repeat(4_100) } })],
  ])('with a body of %s is refused', async (_, body) => {
    const answer = await withBody('GET', '/v2/main/transactions', body);
    expect([answer.status, (JSON.parse(answer.text) as { code: string }).code]).toEqual([400, 'malformed']);
  });

  it('with a filter in both places is refused', async () => {
    const answer = await withBody('GET', `/v2/main/transactions?${asked(odd)}`, JSON.stringify(odd));
    expect(answer.status).toBe(400);
  });

  it('gives 15 rows, or as many as asked, at most 100', async () => {
    const sizes = await Promise.all(
      ['', 'pageSize=5', 'pageSize=5000'].map((query) =>
        ledger.call('GET', `/v2/main/transactions?${query}`),
      ),
    );
    expect(sizes.map(({ body }) => body.cursor.pageSize)).toEqual([15, 5, 100]);
    expect(await list('pageSize=0')).toMatchObject({
      status: 400,
      says: 'pageSize must be a whole number above 0',
    });
    expect(await list('page_size=5')).toMatchObject({ status: 400, code: 'malformed' });
  });

  it('sorts by what it can, in both directions; anything else is refused', async () => {
    const down = [12, 11, 10];
    const up = [1, 2, 3];
    expect((await list('pageSize=3')).ids).toEqual(down);
    expect((await list('pageSize=3&sort=id')).ids).toEqual(down);
    expect((await list('pageSize=3&sort=id:asc')).ids).toEqual(up);
    expect((await list('pageSize=3&reverse=true')).ids).toEqual(up);
    // The later a transaction was recorded here, the earlier it took effect.
    expect((await list('pageSize=3&sort=timestamp:desc')).ids).toEqual(up);
    expect((await list('pageSize=3&order=effective')).ids).toEqual(up);
    expect((await list('pageSize=3&order=effective&reverse=true')).ids).toEqual(down);
    expect((await list(`pageSize=3&${asked({ $gt: { timestamp: '2025-01-01T12:00:00Z' } })}`)).ids).toEqual(
      up,
    );
    for (const query of [
      'sort=colour',
      'sort=id:up',
      'sort=id:asc:x',
      'sort=id&sort=id',
      'order=x',
      'reverse=1',
    ])
      expect([query, (await list(query)).status]).toEqual([query, 400]);
  });

  it('says of an unsupported filter what is possible', async () => {
    expect(await list(asked({ $match: { colour: 'red' } }))).toMatchObject({
      status: 400,
      code: 'malformed',
      says: expect.stringContaining('its fields are id, reference, account'),
    });
    const path = `/v2/main/logs?${asked({ $match: { reference: 'r1' } })}`;
    expect((await ledger.call('GET', path)).status).toBe(400);
  });

  it('adds volumes by effective time where they are asked for, and refuses other expansions', async () => {
    const volumes = async (query: string) =>
      (await ledger.call('GET', `/v2/main/transactions?pageSize=1&${query}`)).body.cursor.data[0];
    // The last one recorded was the first to take effect.
    const last = await volumes('expand=volumes&expand=effectiveVolumes');
    expect(last.postCommitVolumes.world['TRY/2'].output).toBe(78);
    expect(last.postCommitEffectiveVolumes.world['TRY/2'].output).toBe(12);
    expect(await volumes('expand=volumes')).not.toHaveProperty('postCommitEffectiveVolumes');
    expect((await list('expand=colour')).status).toBe(400);
  });

  it('of a reference finds one', async () => {
    expect((await list('reference=r7')).ids).toEqual([7]);
    expect((await list('reference=none')).ids).toEqual([]);
  });
});

describe('a cursor', () => {
  const small = { $lte: { id: 10 } };

  it('stands alone: it knows the filter, the order and the size', async () => {
    const { next = '' } = await list(`pageSize=4&sort=id:asc&${asked(small)}`);
    const second = await list(`cursor=${next}`);
    expect(second.ids).toEqual([5, 6, 7, 8]);
    expect((await list(`cursor=${second.next}`)).ids).toEqual([9, 10]);
    expect((await list(`cursor=${next}&pageSize=2`)).ids).toEqual([5, 6]);
  });

  it('goes with the same question, however it is written, and with no other', async () => {
    const { next = '' } = await list(`pageSize=4&sort=id:asc&${asked(small)}`);
    const spaced = `query=${encodeURIComponent('{ "$lte" : { "id" : 10 } }')}`;
    expect((await list(`cursor=${next}&sort=id:asc&${spaced}`)).ids).toEqual([5, 6, 7, 8]);
    for (const other of [asked({ $lte: { id: 9 } }), 'sort=id:desc', 'reverse=true', 'reference=r1'])
      expect([other, (await list(`cursor=${next}&${other}`)).status]).toEqual([other, 400]);
    expect((await list(`cursor=${next}`, 'other')).status).toBe(400);
    expect((await ledger.call('GET', `/v2/main/logs?cursor=${next}`)).status).toBe(400);
  });

  it('that was made up is refused', async () => {
    const { next = '' } = await list(`pageSize=4&${asked(small)}`);
    const [kind, inside] = JSON.parse(Buffer.from(next, 'base64url').toString()) as [string, object];
    const made = (change: object): string =>
      Buffer.from(JSON.stringify([kind, { ...inside, ...change }])).toString('base64url');
    expect((await list(`cursor=${made({})}`)).ids).toEqual([6, 5, 4, 3]);
    const changes = [
      { place: { id: -1 } },
      { place: { id: 'x', sequence: 1, timestamp: 'now' } },
      { place: null },
      { filter: { $drop: 1 } },
      { sort: 'colour' },
      { pageSize: 'x' },
      { backward: 1 },
      { parameters: { reverse: 'true' } },
      { parameters: 7 },
    ];
    for (const change of changes)
      expect([change, (await list(`cursor=${made(change)}`)).status]).toEqual([change, 400]);
  });
});

describe('a count', () => {
  it.each([
    ['transactions', {}, '12'],
    ['transactions', { $match: { account: 'users:3' } }, '1'],
    ['transactions', { $match: { account: 'users:' } }, '12'],
    ['transactions', { $match: { account: 'nobody:' } }, '0'],
    ['accounts', {}, '13'],
    ['accounts', { $match: { address: 'users:' } }, '12'],
  ])('of %s with %j is %s', async (name, filter, count) => {
    const { status, headers, text } = await ledger.call('HEAD', `/v2/main/${name}?${asked(filter)}`);
    expect([status, headers.get('count'), text]).toEqual([204, count, '']);
  });

  it('of a wrong filter, of pages, or without a permission is refused', async () => {
    const head = async (path: string, token = ledger.tokens.one) =>
      (await ledger.call('HEAD', `/v2/main/transactions${path}`, { token })).status;
    expect(await head(`?${asked({ $match: { colour: 1 } })}`)).toBe(400);
    expect(await head('?cursor=x')).toBe(400);
    expect(await head('', '')).toBe(401);
    expect(await head('', ledger.tokens.two)).toBe(404);
  });
});
