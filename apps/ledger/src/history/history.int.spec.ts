import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TestLedger } from '../ledger.fixture.js';
import type { HistoryModel, ModelClock, ModelEntry, ModelMoment } from './history-model.fixture.js';
import { justBefore } from './place.js';
import { ACCOUNTS, ASSETS, histories, RandomHistory } from './random-history.fixture.js';
import { VolumesAt } from './volumes-at.read.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.start();
});
afterAll(() => ledger.stop());

const RUNS = { numRuns: 12, endOnFailure: true };
const LONG = 240_000;
const CLOCKS: readonly ModelClock[] = ['effective', 'recorded'];
let names = 0;

/** Plays random histories, and compares what each became. */
const forAnyHistory = (
  compare: (history: RandomHistory, model: HistoryModel) => Promise<void>,
): Promise<void> =>
  fc.assert(
    fc.asyncProperty(histories, async (requests) => {
      const history = new RandomHistory(ledger, `random-${++names}`);
      await history.play(requests);
      await compare(history, await history.model());
    }),
    RUNS,
  );

const ledgerIdOf = async (name: string): Promise<number> => {
  const [row] = await ledger.database.database.query<{ id: number }>(
    'select ledger_id as id from ledger where name = $1',
    [name],
  );
  return row?.id ?? 0;
};

/** Every instant at which something happened, right before each, and times outside all of it. */
const instantsOf = (model: HistoryModel): string[] => [
  ...model.instants.flatMap((at) => [at, justBefore(at)]),
  '1950-01-01T00:00:00.000000Z',
  '2024-03-01T12:00:00.000000Z',
  '9990-01-01T00:00:00.000000Z',
];

/** Each instant with every tie and every state of knowledge. */
const momentsOf = (model: HistoryModel): ModelMoment[] =>
  instantsOf(model).flatMap((at) => [
    { at },
    ...model.events.flatMap(({ sequence }) => [
      { at, known: sequence },
      { at, tie: sequence },
      { at, tie: sequence, known: Math.max(1, sequence - 1) },
    ]),
  ]);

/** Amounts of a balance as one text: bigints of the model beside numbers of the API. */
const shown = (balance: object | undefined): string =>
  Object.entries(balance ?? {})
    .map(([name, amount]) => `${name} ${amount}`)
    .sort()
    .join(', ');

/** What the API says an account had: posted, pending and available by asset, where there was anything. */
const balancesOf = async (name: string, account: string, query: string): Promise<string[]> => {
  const { status, body } = await ledger.call('GET', `/v2/${name}/accounts/${account}/balances?${query}`);
  expect(status).toBe(200);
  return (body.data as object[]).map(shown);
};

const expectedBalances = (model: HistoryModel, account: string, clock: ModelClock, at: string): string[] =>
  [...ASSETS].sort().flatMap((asset) => {
    const balance = model.balance(account, asset, clock, { at });
    const { input, output, pendingIn, pendingOut } = balance;
    if ([input, output, pendingIn, pendingOut].every((amount) => amount === 0n)) return [];
    const posted = input - output;
    return [shown({ asset, posted, pendingOut, pendingIn, available: posted - pendingOut })];
  });

describe('for any history', () => {
  it(
    'what an account had at any instant by either clock is what the events add up to',
    () =>
      forAnyHistory(async ({ name }, model) => {
        const ledgerId = await ledgerIdOf(name);
        const questions = momentsOf(model).flatMap((moment) =>
          ACCOUNTS.flatMap((account) => ASSETS.map((asset) => ({ account, asset, ...moment }))),
        );
        const volumes = new VolumesAt(ledger.database.database);
        for (const clock of CLOCKS) {
          const balances = await volumes.volumesAt(ledgerId, clock, questions);
          const wrong = questions.flatMap((question, index) => {
            const expected = shown(model.balance(question.account, question.asset, clock, question));
            const given = shown(balances[index]);
            return given === expected ? [] : [{ clock, question, given, expected }];
          });
          expect(wrong.slice(0, 3)).toEqual([]);
        }
      }),
    LONG,
  );

  it(
    'the API says so too, and leaves out what was not yet',
    () =>
      forAnyHistory(async ({ name }, model) => {
        for (const at of fc.sample(fc.constantFrom(...instantsOf(model)), 12)) {
          for (const clock of CLOCKS) {
            const account = ACCOUNTS[at.charCodeAt(25) % ACCOUNTS.length] ?? 'world';
            const given = await balancesOf(name, account, `at=${at}&clock=${clock}`);
            expect([at, clock, given]).toEqual([at, clock, expectedBalances(model, account, clock, at)]);
          }
        }
      }),
    LONG,
  );

  it(
    'answers told the effective volumes as of their commit, and tell them again',
    () =>
      forAnyHistory((history, model) => {
        for (const { sequence, data } of history.told) {
          expect(data.again).toEqual({ ...data, again: undefined });
          if (data.status === 'pending') continue;
          const at = data.timestamp as string;
          for (const [member, known] of [
            ['preCommitEffectiveVolumes', sequence - 1],
            ['postCommitEffectiveVolumes', sequence],
          ] as const) {
            for (const [account, byAsset] of Object.entries(data[member] as Told)) {
              for (const [asset, { input, output }] of Object.entries(byAsset)) {
                const expected = model.balance(account, asset, 'effective', { at, tie: sequence, known });
                expect([member, sequence, input, output]).toEqual([
                  member,
                  sequence,
                  parseInt(`${expected.input}`, 10),
                  parseInt(`${expected.output}`, 10),
                ]);
              }
            }
          }
        }
        return Promise.resolve();
      }),
    LONG,
  );

  it(
    'a statement has every entry once, in order, with its running balance, in pages of any size',
    () =>
      forAnyHistory(async ({ name }, model) => {
        const bounds = [undefined, ...instantsOf(model)];
        const asks = fc.record({
          account: fc.constantFrom(...ACCOUNTS),
          clock: fc.constantFrom(...CLOCKS),
          asset: fc.constantFrom(undefined, ...ASSETS),
          from: fc.constantFrom(undefined, ...bounds),
          to: fc.constantFrom(undefined, ...bounds),
          order: fc.constantFrom('asc', 'desc'),
          pageSize: fc.integer({ min: 1, max: 7 }),
        });
        for (const ask of fc.sample(asks, 20)) {
          if (ask.from !== undefined && ask.to !== undefined && ask.from > ask.to) continue;
          const expected = model.entries(ask.account, ask.clock, ask);
          const { forth, back, statement } = await walk(name, ask);
          if (ask.order === 'desc') expected.reverse();
          expect([ask, forth.flat()]).toEqual([ask, expected.map(entryOf)]);
          expect(back).toEqual(forth.slice(0, -1).reverse());
          expect([ask, statement]).toEqual([ask, expectedFrame(model, ask)]);
        }
      }),
    LONG,
  );
});

type Told = Record<string, Record<string, { input: number; output: number }>>;

interface Ask {
  readonly account: string;
  readonly clock: ModelClock;
  readonly asset: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly order: string;
  readonly pageSize: number;
}

const entryOf = ({ sequence, position, asset, change, input, output }: ModelEntry): string =>
  `${sequence}.${position} ${asset} ${change} = ${input} - ${output}`;

const lineOf = (entry: Line): string =>
  `${entry.sequence}.${entry.position} ${entry.asset} ${entry.change} = ` +
  `${entry.running.input} - ${entry.running.output}`;

interface Line {
  sequence: number;
  position: number;
  asset: string;
  change: number;
  running: { input: number; output: number };
}

/** All pages of a statement to the last, and back to the first. */
const walk = async (name: string, { account, ...ask }: Ask) => {
  const given = Object.entries(ask).filter(([, value]) => value !== undefined) as [string, string][];
  const path = `/v2/${name}/accounts/${account}/entries`;
  const read = async (query: string) => {
    const { status, body, text } = await ledger.call('GET', `${path}?${query}`);
    if (status !== 200) throw new Error(text);
    return body as { cursor: { next?: string; previous?: string; data: Line[] }; statement: object };
  };
  const first = await read(given.map(([key, value]) => `${key}=${value}`).join('&'));
  const forth = [first.cursor.data.map(lineOf)];
  const back: string[][] = [];
  let page = first;
  while (page.cursor.next !== undefined) {
    page = await read(`cursor=${page.cursor.next}`);
    forth.push(page.cursor.data.map(lineOf));
  }
  while (page.cursor.previous !== undefined) {
    page = await read(`cursor=${page.cursor.previous}`);
    back.push(page.cursor.data.map(lineOf));
  }
  expect(page.statement).toEqual(first.statement);
  return { forth, back, statement: first.statement };
};

/** The opening and closing volumes by the reference. */
const expectedFrame = (model: HistoryModel, { account, clock, asset, from, to }: Ask): object => {
  const volumes = (each: string, at: string | undefined, otherwise: string) => {
    const moment = at === undefined ? otherwise : justBefore(at);
    const { input, output } = model.balance(account, each, clock, { at: moment });
    const [brought, taken] = [parseInt(`${input}`, 10), parseInt(`${output}`, 10)];
    return { input: brought, output: taken, balance: brought - taken };
  };
  const balances = (asset === undefined ? [...ASSETS].sort() : [asset])
    .map((each) => ({
      asset: each,
      opening: volumes(each, from, '0000'),
      closing: volumes(each, to, '9999'),
    }))
    .filter(({ closing }) => closing.input !== 0 || closing.output !== 0);
  return { sequence: model.events.length, balances };
};
