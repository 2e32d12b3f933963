import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AccountListReader } from '../accounts/account-list.read.js';
import { AccountReader } from '../accounts/account.read.js';
import { TestLedger } from '../ledger.fixture.js';
import { BalancesAt, type ReadBalances } from './balances-at.js';
import type { HistoryModel, ModelClock } from './history-model.fixture.js';
import { justBefore } from './place.js';
import { ACCOUNTS, ASSETS, histories, RandomHistory } from './random-history.fixture.js';
import { VolumesAt } from './volumes-at.read.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.start();
});
afterAll(() => ledger.stop());

const LONG = 240_000;
const CLOCKS: readonly ModelClock[] = ['effective', 'recorded'];
let names = 0;

interface Volume {
  readonly account: string;
  readonly asset: string;
  readonly input: number;
  readonly output: number;
}

const get = async (path: string) => {
  const { status, body, text } = await ledger.call('GET', path);
  if (status !== 200) throw new Error(text);
  return body as { data: Record<string, number>; cursor: { data: unknown[]; next?: string } };
};

/** Every row of a list, page by page; a page of the past may be shorter than it was asked to be. */
const all = async (path: string): Promise<unknown[]> => {
  const rows: unknown[] = [];
  for (let page = await get(`${path}&pageSize=3`); ; page = await get(`${path}&cursor=${page.cursor.next}`)) {
    rows.push(...page.cursor.data);
    if (page.cursor.next === undefined) return rows;
  }
};

const pairs = ACCOUNTS.flatMap((account) => ASSETS.map((asset) => ({ account, asset })));
const sortedText = (rows: readonly string[]): string[] => [...rows].sort();

/** Amounts of these histories are small enough for a double. */
const numbered = (amount: bigint): number => parseInt(`${amount}`, 10);

const expectedVolumes = (model: HistoryModel, clock: ModelClock, end: string, start?: string): string[] =>
  pairs.flatMap(({ account, asset }) => {
    const last = model.balance(account, asset, clock, { at: end });
    if (start === undefined) {
      const isEmpty = Object.values(last).every((amount) => amount === 0n);
      return isEmpty ? [] : [`${account} ${asset} ${last.input} ${last.output}`];
    }
    const first = model.balance(account, asset, clock, { at: justBefore(start) });
    const [input, output] = [last.input - first.input, last.output - first.output];
    return input === 0n && output === 0n ? [] : [`${account} ${asset} ${input} ${output}`];
  });

const volumesOf = async (path: string): Promise<string[]> =>
  ((await all(path)) as Volume[]).map(
    ({ account, asset, input, output }) => `${account} ${asset} ${input} ${output}`,
  );

const expectedSums = (model: HistoryModel, clock: ModelClock, at: string): Record<string, number> =>
  Object.fromEntries(
    [...ASSETS].sort().flatMap((asset) => {
      const balances = ['a', 'b'].map((account) => model.balance(account, asset, clock, { at }));
      const isEmpty = balances.every((each) => Object.values(each).every((amount) => amount === 0n));
      const sum = balances.reduce((total, { input, output }) => total + input - output, 0n);
      return isEmpty ? [] : [[asset, numbered(sum)]];
    }),
  );

describe('lists of the past, for any history', () => {
  it(
    'are what the events add up to: volumes at a time and between two, sums, transactions, accounts',
    () =>
      fc.assert(
        fc.asyncProperty(histories, async (requests) => {
          const history = new RandomHistory(ledger, `lists-${++names}`);
          await history.play(requests);
          const model = await history.model();
          const base = `/v2/${history.name}`;
          const instants = fc.constantFrom('2024-03-01T12:00:00.000000Z', ...model.instants);
          for (const [one, other] of fc.sample(fc.tuple(instants, instants), 4)) {
            const [start, end] = one < other ? [one, other] : [other, one];
            for (const clock of CLOCKS) {
              const flag = `insertionDate=${clock === 'recorded'}`;
              expect(sortedText(await volumesOf(`${base}/volumes?endTime=${end}&${flag}`))).toEqual(
                sortedText(expectedVolumes(model, clock, end)),
              );
              const span = `startTime=${start}&endTime=${end}&${flag}`;
              expect(sortedText(await volumesOf(`${base}/volumes?${span}`))).toEqual(
                sortedText(expectedVolumes(model, clock, end, start)),
              );
              const query = encodeURIComponent(
                '{"$or":[{"$match":{"account":"a"}},{"$match":{"account":"b"}}]}',
              );
              const use = `useInsertionDate=${clock === 'recorded'}`;
              const { data } = await get(`${base}/aggregate/balances?pit=${end}&${use}&query=${query}`);
              expect(data).toEqual(expectedSums(model, clock, end));
            }
            await compareTransactions(base, model, end);
            await compareAccounts(base, model, end);
          }
        }),
        { numRuns: 8, endOnFailure: true },
      ),
    LONG,
  );
});

/** By effective time, newest first; holds count by their own date. */
const compareTransactions = async (base: string, model: HistoryModel, pit: string): Promise<void> => {
  const expected = model.events
    .flatMap(({ payload: { transaction } }) => (transaction === undefined ? [] : [transaction]))
    .filter(({ timestamp }) => timestamp <= pit)
    .sort((a, b) => (a.timestamp === b.timestamp ? b.id - a.id : a.timestamp < b.timestamp ? 1 : -1))
    .map(({ id }) => id);
  const given = (await all(`${base}/transactions?pit=${pit}`)) as { id: number }[];
  expect(given.map(({ id }) => id)).toEqual(expected);
  const { headers } = await ledger.call('HEAD', `${base}/transactions?pit=${pit}`);
  expect(headers.get('count')).toBe(`${expected.length}`);
};

/** Those that were recorded by then, or in which something had taken effect. */
const compareAccounts = async (base: string, model: HistoryModel, pit: string): Promise<void> => {
  const expected = ACCOUNTS.filter((account) =>
    model.events.some(({ recordedAt, sequence, payload }) => {
      const postings = payload.transaction?.postings ?? payload.postings ?? [];
      const touched = postings.some(([source, destination]) => [source, destination].includes(account));
      const took = model.moves.some((move) => move.sequence === sequence && move.effectiveAt <= pit);
      return touched && (recordedAt <= pit || took);
    }),
  ).sort();
  const rows = (await all(`${base}/accounts?pit=${pit}&expand=volumes&expand=effectiveVolumes`)) as {
    address: string;
    volumes: Record<string, Volume>;
    effectiveVolumes: Record<string, Volume>;
  }[];
  expect(rows.map(({ address }) => address)).toEqual(expected);
  for (const { address, volumes, effectiveVolumes } of rows) {
    for (const [clock, given] of [
      ['recorded', volumes],
      ['effective', effectiveVolumes],
    ] as const) {
      for (const asset of ASSETS) {
        const { input, output } = model.balance(address, asset, clock, { at: pit });
        const shown = given[asset] ?? { input: 0, output: 0 };
        expect([address, clock, shown.input, shown.output]).toEqual([
          address,
          clock,
          numbered(input),
          numbered(output),
        ]);
      }
    }
    const { status } = await ledger.call('GET', `${base}/accounts/${address}?pit=${pit}`);
    expect(status).toBe(200);
  }
};

describe('a past that is asked for wrongly', () => {
  beforeAll(() => ledger.open('main'));

  it.each([
    'accounts/a/balances?at=yesterday',
    'accounts/a/balances?at=2026-02-30T00:00:00Z',
    'accounts/a/balances?clock=wall',
    'accounts/a/balances?pit=2026-01-01T00:00:00Z',
    'accounts/a/entries?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
    'accounts/a/entries?order=up',
    'accounts/a/entries?asset=lira',
    'accounts/a/entries?cursor=AAAA',
    'accounts/a/entries?pageSize=0',
    'accounts?pit=never',
    'accounts/a?pit=never',
    'accounts/a?expand=history',
    'transactions?pit=never',
    'volumes?endTime=2026-01-01T00:00:00Z&pit=2026-01-01T00:00:00Z',
    'volumes?endTime=2026-01-01T00:00:00Z&groupBy=1',
    'volumes?pit=2026-01-01T00:00:00Z&query=%7B%22%24gt%22%3A%7B%22balance%5BJPY%5D%22%3A1%7D%7D',
    'volumes?insertionDate=maybe',
    'aggregate/balances?pit=2026-01-01T00:00:00Z&useInsertionDate=1',
  ])('%s is 400', async (query) => {
    const { status, body } = await ledger.call('GET', `/v2/main/${query}`);
    expect([status, body.code]).toEqual([400, 'malformed']);
  });
});

it('a sum goes over all pages of its balances', async () => {
  await ledger.open('summed');
  for (const to of ['a', 'b', 'c', 'd'])
    await ledger.transfer('summed', { from: 'world', to, amount: 1, asset: to === 'd' ? 'JPY' : 'TRY/2' });
  const { database } = ledger.database;
  const [row] = await database.query<{ id: number }>(
    `select ledger_id as id from ledger where name = 'summed'`,
  );
  const lists = new AccountListReader(database);
  const past = new BalancesAt(new AccountReader(database), new VolumesAt(database));
  const users = { kind: 'not', part: exactly('world') } as const;
  for (const size of [1, 2, 3, 4, 5]) {
    past.rowsPerRead = size;
    const read: ReadBalances = (last, limit) => {
      const after = last === undefined ? undefined : ([last.account, last.asset] as const);
      return lists.balances(row?.id ?? 0, users, { after, limit, descending: false });
    };
    const sums = await past.sums(row?.id ?? 0, read, { clock: 'recorded' });
    expect([size, [...sums]]).toEqual([
      size,
      [
        ['JPY', 1n],
        ['TRY/2', 3n],
      ],
    ]);
  }
});

const exactly = (address: string) =>
  ({
    kind: 'address',
    field: 'address',
    patterns: [{ segments: [address], open: false }],
  }) as const;

describe('a statement', () => {
  const path = '/v2/pinned/accounts/a/entries';

  it('shows one state of the ledger on all its pages, whatever is recorded meanwhile', async () => {
    await ledger.open('pinned');
    const deposit = (amount: number, members: object = {}) =>
      ledger.transfer('pinned', { from: 'world', to: 'a', amount }, { members });
    await deposit(1);
    await deposit(2);
    await deposit(4, { timestamp: '2024-01-01T00:00:00Z' });
    const first = await ledger.call('GET', `${path}?pageSize=2`);
    await deposit(8, { timestamp: '2024-01-02T00:00:00Z' });
    await deposit(16);
    const { body } = await ledger.call('GET', `${path}?cursor=${first.body.cursor.next}`);
    expect(body.cursor.data.map((entry: { running: object }) => entry.running)).toEqual([
      { input: 7, output: 0, balance: 7 },
    ]);
    expect(body.statement).toEqual(first.body.statement);
    expect(body.statement).toMatchObject({ sequence: 3, balances: [{ closing: { balance: 7 } }] });
    const fresh = await ledger.call('GET', path);
    expect(fresh.body.statement.balances[0].closing.balance).toBe(31);
  });

  it('has cursors that fit no other account, ledger or question', async () => {
    await ledger.open('other');
    const { body } = await ledger.call('GET', `${path}?pageSize=1`);
    const cursor = body.cursor.next as string;
    for (const elsewhere of [
      `/v2/pinned/accounts/b/entries?cursor=${cursor}`,
      `/v2/other/accounts/a/entries?cursor=${cursor}`,
      `${path}?clock=recorded&cursor=${cursor}`,
      `${path}?asset=JPY&cursor=${cursor}`,
    ])
      expect((await ledger.call('GET', elsewhere)).status).toBe(400);
    expect((await ledger.call('GET', `${path}?clock=effective&cursor=${cursor}`)).status).toBe(200);
  });

  it('of an account that nobody used is empty', async () => {
    const { status, body } = await ledger.call('GET', '/v2/pinned/accounts/nobody/entries');
    expect([status, body.cursor.data, body.statement.balances]).toEqual([200, [], []]);
  });
});
