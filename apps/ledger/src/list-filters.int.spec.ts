import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TestLedger } from './ledger.fixture.js';
import { type FieldReader, passes } from './list-model.fixture.js';
import { TransactionListReader } from './transactions/transaction-list.read.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- rows are the API's own JSON
type Row = Record<string, any>;
type Json = Record<string, unknown>;

let ledger: TestLedger;
const rows: Record<string, Row[]> = {};

const users = Array.from({ length: 130 }, (_, index) => `users:${index}`);
const accountOf = (n: number): string =>
  [`${users[n % 7]}:main`, `users:${n % 130}`, `${users[n % 7]}:main:eur`, 'fees', 'world', 'users-x:1'][
    n % 6
  ] ?? 'world';

const all = async (list: string, query: object = {}, extra = ''): Promise<Row[]> => {
  const found: Row[] = [];
  const path = `/v2/main/${list}?pageSize=100${extra}&query=${encodeURIComponent(JSON.stringify(query))}`;
  let cursor = '';
  do {
    const answer = await ledger.call('GET', cursor === '' ? path : `/v2/main/${list}?cursor=${cursor}`);
    if (answer.status !== 200) throw new Error(answer.text);
    found.push(...answer.body.cursor.data);
    cursor = answer.body.cursor.next ?? '';
  } while (cursor !== '');
  return found;
};

const act = async (path: string, body: unknown): Promise<Row> => {
  const answer = await ledger.call('POST', `/v2/main/${path}`, { body });
  if (![200, 201, 204].includes(answer.status)) throw new Error(answer.text);
  return answer.body?.data;
};

const element = (n: number): Json => ({
  action: 'CREATE_TRANSACTION',
  data: {
    postings: Array.from({ length: 1 + (n % 3) }, (_, at) => ({
      source: at === 0 ? 'world' : accountOf(n * 5 + at),
      destination: accountOf(n * 3 + at * 7),
      amount: (n * 7919) % 500,
      asset: n % 4 === 0 ? 'EUR/2' : 'TRY/2',
    })),
    force: true,
    ...(n % 3 === 0 ? { reference: `order-${n}` } : {}),
    ...(n % 5 === 0 ? { timestamp: new Date(Date.UTC(2024, n % 12, 1 + (n % 9))).toISOString() } : {}),
    ...(n % 4 === 1 ? { metadata: { channel: ['web', 'app'][n % 2], note: `a%b_${n % 3}` } } : {}),
    ...(n % 6 === 5 ? { status: 'pending' } : {}),
    ...(n % 7 === 0 ? { accountMetadata: { [accountOf(n)]: { tier: ['gold', 'tin'][n % 2] } } } : {}),
  },
});

beforeAll(async () => {
  ledger = await TestLedger.start({ replicas: 2 });
  await ledger.open('main');
  // Few postings make an account busy here, so that each way of finding its transactions is taken.
  for (const [index, replica] of ledger.replicas.entries())
    replica.get(TransactionListReader).busyFrom = index === 0 ? 10_000 : 8;
  for (let from = 0; from < 240; from += 40)
    await act(
      '_bulk',
      Array.from({ length: 40 }, (_, index) => element(from + index)),
    );
  for (const id of [6, 12, 18, 24])
    await act(`transactions/${id}/post`, { amounts: [] }).catch(() => undefined);
  for (const id of [6, 30, 36]) await act(`transactions/${id}/post`, {});
  for (const id of [12, 42]) await act(`transactions/${id}/void`, {});
  for (const id of [1, 2, 8]) await act(`transactions/${id}/revert?force=true`, {});
  await act('transactions/3/metadata', { channel: 'web' });
  for (const list of ['transactions', 'volumes', 'logs']) rows[list] = await all(list);
  rows['accounts'] = await all('accounts', {}, '&expand=volumes');
}, 60_000);
afterAll(() => ledger.stop());

const metadataOf = (row: Row | undefined, key = ''): unknown[] => {
  const value = row?.['metadata']?.[key];
  return value === undefined ? [] : [value];
};

const readers: Record<string, FieldReader> = {
  transactions: (row: Row, field, key) => {
    const postings = row['postings'] as Row[];
    if (field === 'account') return postings.flatMap(({ source, destination }) => [source, destination]);
    if (field === 'source' || field === 'destination') return postings.map((posting) => posting[field]);
    if (field === 'metadata') return metadataOf(row, key);
    return row[field] === undefined ? [] : [row[field]];
  },
  accounts: (row: Row, field, key) => {
    if (field === 'metadata') return metadataOf(row, key);
    if (field === 'address') return [row['address']];
    const volumes = Object.entries(row['volumes'] as Row).filter(
      ([asset]) => key === undefined || asset === key,
    );
    return volumes.map(([, { balance }]) => balance);
  },
  volumes: (row: Row, field, key) => {
    if (field === 'account') return [row['account']];
    if (field === 'metadata')
      return metadataOf(
        rows['accounts']?.find(({ address }) => address === row['account']),
        key,
      );
    return key === undefined || row['asset'] === key ? [row['balance']] : [];
  },
  logs: (row: Row, field) => [row[field]],
};

const leaf = (operators: readonly string[], field: fc.Arbitrary<string>, value: fc.Arbitrary<unknown>) =>
  fc
    .tuple(fc.constantFrom(...operators), field, value, fc.array(value, { minLength: 1, maxLength: 4 }))
    .map(([operator, name, one, several]): Json => ({
      [operator]: { [name]: operator === '$in' ? several : one },
    }));

const ORDERS = ['$lt', '$lte', '$gt', '$gte', '$match', '$in'];
const address = fc.oneof(
  fc.nat(130).map(accountOf),
  fc.constantFrom(
    'users:',
    'users::main',
    'users:...',
    'users:3:',
    '::main',
    'nobody',
    'users::main:',
    'users:3:...',
  ),
);
const pick = (list: string, field: string) =>
  fc.nat().map((n) => (rows[list] ?? [])[n % (rows[list]?.length ?? 1)]?.[field] as unknown);
const metadata = fc.oneof(
  leaf(
    ['$match', '$in'],
    fc.constantFrom('metadata[channel]', 'metadata[tier]'),
    fc.constantFrom('web', 'app', 'gold', 'x'),
  ),
  leaf(['$like'], fc.constantFrom('metadata[note]'), fc.constantFrom('a%', '%b_0', '_', '%')),
  leaf(['$exists'], fc.constant('metadata'), fc.constantFrom('channel', 'tier', 'no')),
  leaf(['$exists'], fc.constant('metadata[channel]'), fc.boolean()),
);
const balance = leaf(
  ORDERS,
  fc.constantFrom('balance[TRY/2]', 'balance[EUR/2]', 'balance'),
  fc.integer({ min: -300, max: 900 }),
);

const leaves: Record<string, fc.Arbitrary<Json>> = {
  transactions: fc.oneof(
    leaf(ORDERS, fc.constant('id'), fc.integer({ min: -1, max: 260 })),
    {
      weight: 3,
      arbitrary: leaf(['$match', '$in'], fc.constantFrom('account', 'source', 'destination'), address),
    },
    leaf(ORDERS, fc.constant('timestamp'), pick('transactions', 'timestamp')),
    leaf(ORDERS, fc.constant('insertedAt'), pick('transactions', 'insertedAt')),
    leaf(
      ['$match', '$in'],
      fc.constant('reference'),
      fc.nat(240).map((n) => `order-${n}`),
    ),
    leaf(['$like'], fc.constant('reference'), fc.constantFrom('order-1%', '%3', 'order-__')),
    leaf(['$exists'], fc.constant('reference'), fc.boolean()),
    leaf(['$match'], fc.constant('reverted'), fc.boolean()),
    leaf(
      ['$match', '$in'],
      fc.constant('status'),
      fc.constantFrom('posted', 'pending', 'captured', 'voided', 'expired'),
    ),
    metadata,
  ),
  accounts: fc.oneof(leaf(['$match', '$in'], fc.constant('address'), address), balance, metadata),
  volumes: fc.oneof(leaf(['$match', '$in'], fc.constant('account'), address), balance, metadata),
  logs: fc.oneof(
    leaf(ORDERS, fc.constant('id'), fc.integer({ min: 0, max: 270 })),
    leaf(ORDERS, fc.constant('date'), pick('logs', 'date')),
    leaf(
      ['$match', '$in'],
      fc.constant('type'),
      fc.constantFrom('NEW_TRANSACTION', 'VOIDED_HOLD', 'SET_METADATA'),
    ),
  ),
};

const filterOf = (list: string): fc.Arbitrary<Json> =>
  fc.letrec<{ filter: Json; leaf: Json }>((tie) => ({
    leaf: leaves[list] as fc.Arbitrary<Json>,
    filter: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      tie('leaf'),
      fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((parts) => ({ $and: parts })),
      fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((parts) => ({ $or: parts })),
      tie('filter').map((part) => ({ $not: part })),
    ),
  })).filter;

const idOf = (row: Row): string => String(row['id'] ?? row['address'] ?? `${row['account']} ${row['asset']}`);
/** Ranges of effective time come in its order; rows of the same time by number. */
const ranged = (filter: Json): boolean => {
  const [member] = Object.entries(filter);
  if (member?.[0] === '$and') return (member[1] as Json[]).some(ranged);
  const value = member?.[1] as Json | undefined;
  // `$in` of several times is an alternative, not a range.
  if (member?.[0] === '$in') return (value?.['timestamp'] as unknown[] | undefined)?.length === 1;
  return member !== undefined && !['$or', '$not'].includes(member[0]) && value?.['timestamp'] !== undefined;
};
const expected = (list: string, filter: Json): string[] => {
  const fit = (rows[list] ?? []).filter((row) => passes(filter, row, readers[list] as FieldReader));
  if (list === 'transactions' && ranged(filter))
    fit.sort((a, b) =>
      a['timestamp'] < b['timestamp'] ? 1 : a['timestamp'] > b['timestamp'] ? -1 : b['id'] - a['id'],
    );
  return fit.map(idOf);
};

/** All pages of a size, to the end and back. */
const walk = async (list: string, filter: Json, pageSize: number): Promise<[string[], string[]]> => {
  const query = `query=${encodeURIComponent(JSON.stringify(filter))}&pageSize=${pageSize}`;
  const page = async (cursor: string): Promise<Row> => {
    const answer = await ledger.call('GET', `/v2/main/${list}?${cursor === '' ? query : `cursor=${cursor}`}`);
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.body.cursor;
  };
  const forth: string[] = [];
  let at = await page('');
  expect([at['pageSize'], at['previous']]).toEqual([pageSize, undefined]);
  for (;;) {
    forth.push(...(at['data'] as Row[]).map(idOf));
    expect(at['hasMore']).toBe(at['next'] !== undefined);
    if (at['next'] === undefined) break;
    at = await page(at['next']);
  }
  let back = (at['data'] as Row[]).map(idOf);
  while (at['previous'] !== undefined) {
    at = await page(at['previous']);
    back = [...(at['data'] as Row[]).map(idOf), ...back];
  }
  return [forth, back];
};

describe('every list with random filters', () => {
  it.each(['transactions', 'accounts', 'volumes', 'logs'])(
    'of %s has the rows of the model, page by page, forth and back',
    async (list) => {
      expect(rows[list]?.length).toBeGreaterThan(50);
      const question = fc.tuple(filterOf(list), fc.integer({ min: 40, max: 100 }));
      await fc.assert(
        fc.asyncProperty(question, async ([filter, pageSize]) => {
          const wanted = expected(list, filter);
          expect(await walk(list, filter, pageSize)).toEqual([wanted, wanted]);
          if (list === 'volumes' || list === 'logs') return;
          const path = `/v2/main/${list}?query=${encodeURIComponent(JSON.stringify(filter))}`;
          const { status, headers } = await ledger.call('HEAD', path);
          expect([status, headers.get('count')]).toEqual([204, String(wanted.length)]);
        }),
        { numRuns: list === 'logs' ? 40 : 100 },
      );
    },
    120_000,
  );

  it('aggregates what the list of volumes has, and groups it by segments', async () => {
    await fc.assert(
      fc.asyncProperty(filterOf('volumes'), fc.integer({ min: 1, max: 3 }), async (filter, segments) => {
        const fit = (rows['volumes'] ?? []).filter((row) =>
          passes(filter, row, readers['volumes'] as FieldReader),
        );
        const sums: Record<string, number> = {};
        const groups: Record<string, number> = {};
        for (const { account, asset, balance: amount } of fit) {
          sums[asset] = (sums[asset] ?? 0) + amount;
          const group = `${(account as string).split(':').slice(0, segments).join(':')} ${asset}`;
          groups[group] = (groups[group] ?? 0) + amount;
        }
        const query = `query=${encodeURIComponent(JSON.stringify(filter))}`;
        const aggregate = await ledger.call('GET', `/v2/main/aggregate/balances?${query}`);
        expect(aggregate.body.data).toEqual(sums);
        const grouped = await all('volumes', filter, `&groupBy=${segments}`);
        const key = (name: string) => name.split(' ');
        const names = Object.keys(groups).sort((a, b) => (key(a) < key(b) ? -1 : 1));
        expect(grouped.map((row) => [idOf(row), row['balance']])).toEqual(
          names.map((name) => [name, groups[name]]),
        );
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
