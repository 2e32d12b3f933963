import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestLedger } from '../ledger.fixture.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.start();
  for (const name of ['open', 'shut']) {
    await ledger.open(name, {
      strict: true,
      accountTypes: [{ pattern: 'users:*' }, { pattern: 'users:gone', closed: true }],
    });
    const paid = { from: 'world', to: 'users:1', amount: 100 };
    await ledger.transfer(name, paid, { key: 'used', members: { reference: 'taken' } });
    await ledger.call('PATCH', `/v2/${name}/_settings`, { body: { backdating: 'every-state' } });
  }
  await ledger.call('PATCH', '/v2/shut/_settings', { body: { closed: true } });
});
afterAll(() => ledger.stop());

/** What is wrong with a request, from the first that is reported to the last. */
const WRONGS = {
  malformed: { status: 'held' },
  'idempotency-key-conflict': {},
  'reference-taken': { reference: 'taken' },
  'ledger-closed': {},
  'account-closed': { postings: [['users:1', 'users:gone', 1]] },
  'account-unknown': { postings: [['nobody', 'users:1', 1]] },
  'condition-failed': {
    conditions: [{ account: 'users:1', asset: 'TRY/2', balance: 'posted', op: 'gt', amount: 100 }],
  },
  'effective-in-future': { timestamp: '2999-01-01T00:00:00Z' },
  'insufficient-funds': { postings: [['users:1', 'users:2', 101]] },
} as const;

type Wrong = keyof typeof WRONGS;

const ORDER = Object.keys(WRONGS) as Wrong[];
const PAIRS = ORDER.flatMap((first, index) =>
  ORDER.slice(index + 1).map((second) => [first, second] as const),
);

/** A request in which these things are wrong, and nothing else. */
const ask = (wrongs: readonly Wrong[]) => {
  const members = wrongs.map((wrong): object => WRONGS[wrong]);
  const rows = members.flatMap((each) => ('postings' in each ? (each.postings as unknown[][]) : []));
  const postings = (rows.length === 0 ? [['users:1', 'users:2', 1]] : rows).map(
    ([source, destination, amount]) => ({ source, destination, amount, asset: 'TRY/2' }),
  );
  const body = Object.assign({}, ...members, { postings });
  const headers = wrongs.includes('idempotency-key-conflict') ? { 'idempotency-key': 'used' } : {};
  const name = wrongs.includes('ledger-closed') ? 'shut' : 'open';
  return ledger.call('POST', `/v2/${name}/transactions`, { body, headers });
};

describe('the first refusal that applies is reported', () => {
  it.each(ORDER)('%s alone', async (wrong) => expect((await ask([wrong])).body.code).toBe(wrong));

  it.each(PAIRS)('%s before %s', async (first, second) => {
    expect((await ask([first, second])).body.code).toBe(first);
    expect((await ask([second, first])).body.code).toBe(first);
  });

  it('has the status and the code that published clients can read', async () => {
    const answers = await Promise.all(ORDER.map((wrong) => ask([wrong])));
    expect(answers.map(({ status, body }) => [status, body.errorCode])).toEqual([
      [400, 'VALIDATION'],
      [409, 'CONFLICT'],
      [409, 'CONFLICT'],
      [422, 'VALIDATION'],
      [422, 'VALIDATION'],
      [422, 'VALIDATION'],
      [422, 'VALIDATION'],
      [422, 'VALIDATION'],
      [400, 'INSUFFICIENT_FUND'],
    ]);
  });
});
