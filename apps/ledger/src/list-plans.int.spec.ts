import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ACCOUNTS, VOLUMES } from './accounts/account-list.js';
import { AccountListReader } from './accounts/account-list.read.js';
import { toFilter } from './filters/filter.wire.js';
import { TestLedger } from './ledger.fixture.js';
import type { ListForm } from './list-question.js';
import { PlanRecorder, seeded } from './lists.fixture.js';
import { EventReader } from './logs/event.read.js';
import { LogListReader, LOGS } from './logs/log-list.read.js';
import { TRANSACTIONS } from './transactions/transaction-list.js';
import { TransactionListReader, type TransactionPlace } from './transactions/transaction-list.read.js';

const TRANSACTION_COUNT = 100_000;
let ledger: TestLedger;
let ledgerId: number;
let midway: TransactionPlace;
beforeAll(async () => {
  ledger = await TestLedger.start();
  ledgerId = await seeded(ledger, 'main', TRANSACTION_COUNT);
  await ledger.transfer('main', { from: 'world', to: 'users:7:main', amount: 5, asset: 'XAU' });
  const hold = { members: { status: 'pending' } };
  for (let index = 0; index < 3; index++)
    await ledger.transfer('main', { from: 'world', to: 'users:8:main', amount: 5 }, hold);
  await ledger.call('POST', `/v2/main/transactions/${TRANSACTION_COUNT + 1}/revert`, { body: {} });
  await ledger.call('POST', '/v2/main/accounts/users:9:main/metadata', { body: { vip: 'yes' } });
  const [place] = await reader().places(
    ledgerId,
    toFilter({ $match: { id: TRANSACTION_COUNT / 2 } }, TRANSACTIONS.fields, []),
    { column: 'id', descending: true },
    { after: undefined, limit: 1, descending: true },
  );
  midway = place as TransactionPlace;
}, 300_000);
afterAll(() => ledger.stop());

const reader = () => new TransactionListReader(ledger.database.database);

/** Plans of small tables are as they like; these grow with the ledger. */
const LARGE = ['event', 'posting', 'transaction', 'account', 'balance', 'batch'];

interface Limits {
  readonly read?: number;
  readonly sorted?: number;
}

const check = ({ plans }: PlanRecorder, { read = 2_500, sorted = 250 }: Limits = {}): void => {
  expect(plans.length).toBeGreaterThan(0);
  for (const plan of plans) {
    const measured = {
      seqScans: plan.seqScans.filter((table) => LARGE.includes(table)),
      rowsRead: plan.rowsRead <= read || plan.rowsRead,
      rowsSorted: plan.rowsSorted <= sorted || plan.rowsSorted,
      plan: '',
    };
    const good = { seqScans: [], rowsRead: true, rowsSorted: true, plan: '' };
    if (JSON.stringify(measured) !== JSON.stringify(good)) measured.plan = `${plan.sql}\n${plan.text}`;
    expect(measured).toEqual(good);
  }
};

const page = <P>(after: P | undefined, descending = true) => ({ after, limit: 101, descending });
const parsed = (filter: object, form: ListForm) => toFilter(filter, form.fields, []);

const BUSY = { $match: { account: 'world' } };
const QUIET = { $match: { account: 'users:4321:main' } };
const transactionFilters: Record<string, [filter: object, limits?: Limits]> = {
  nothing: [{}],
  'a busy account': [BUSY],
  'a busy source': [{ $match: { source: 'world' } }],
  'the busiest destination': [{ $match: { destination: 'fees:payments' } }],
  'a quiet account': [QUIET],
  'several accounts': [
    { $in: { account: ['users:1:main', 'users:4321:main', 'merchants:3'] } },
    { sorted: 800 },
  ],
  'accounts below an address': [{ $match: { account: 'users:77:' } }],
  'a partial address of many': [{ $match: { destination: 'users::main' } }],
  'a partial address of none': [{ $match: { destination: 'nobody::main' } }],
  'a hold’s account': [{ $match: { account: 'users:8:main' } }],
  'a reference': [{ $match: { reference: 'order-77777' } }],
  'a number': [{ $match: { id: 12345 } }],
  'rare metadata': [{ $match: { 'metadata[order]': 'o-50001' } }, { read: 20_100 }],
  'common metadata': [{ $match: { 'metadata[channel]': 'web' } }, { read: 20_100, sorted: 2_000 }],
  'the existence of metadata': [{ $exists: { metadata: 'channel' } }, { read: 20_100, sorted: 2_000 }],
  'metadata of a busy account': [
    { $and: [{ $match: { account: 'fees:payments' } }, { $match: { 'metadata[order]': 'o-50001' } }] },
    { read: 11_000 },
  ],
  'a status that is rare': [{ $match: { status: 'pending' } }],
  'what was reverted': [{ $match: { reverted: true } }],
  'what was not reverted': [{ $match: { reverted: false } }],
  'an old time': [{ $lt: { timestamp: '2025-08-01T00:00:00Z' } }],
  'a day of a busy account': [
    {
      $and: [
        { $match: { account: 'world' } },
        { $gte: { timestamp: '2025-09-01T00:00:00Z' } },
        { $lt: { timestamp: '2025-09-02T00:00:00Z' } },
      ],
    },
    { read: 21_000, sorted: 10_000 },
  ],
  'an old time of recording': [{ $lt: { insertedAt: '2025-08-01T00:00:00Z' } }],
};

describe('the plans of the transaction list', () => {
  it.each(Object.keys(transactionFilters))('by %s', async (name) => {
    const [filter, limits] = transactionFilters[name] ?? [{}];
    for (const after of [undefined, midway]) {
      const recorder = new PlanRecorder(ledger.database.database);
      const column = JSON.stringify(filter).includes('timestamp') ? 'timestamp' : 'id';
      const list = new TransactionListReader(recorder.asDatabase);
      for (const descending of [true, false])
        await list.places(
          ledgerId,
          parsed(filter, TRANSACTIONS),
          { column, descending },
          page(after, descending),
        );
      check(recorder, limits);
    }
  });

  it.each([
    ['nothing', {}, undefined],
    ['a quiet account', QUIET, undefined],
    ['a busy account', BUSY, { read: 21_000, sorted: 10_000 }],
  ] as const)('by effective time, filtered by %s', async (_, filter, limits) => {
    const recorder = new PlanRecorder(ledger.database.database);
    const order = { column: 'timestamp', descending: true };
    const list = new TransactionListReader(recorder.asDatabase);
    await list.places(ledgerId, parsed(filter, TRANSACTIONS), order, page(midway));
    check(recorder, limits);
  });

  it('counts all of them without looking at any', async () => {
    const recorder = new PlanRecorder(ledger.database.database);
    const count = await new TransactionListReader(recorder.asDatabase).count(
      ledgerId,
      parsed({}, TRANSACTIONS),
    );
    expect(count).toBe(BigInt(TRANSACTION_COUNT + 5));
    check(recorder, { read: 1 });
  });
});

describe('the plans of the other lists', () => {
  it.each([
    ['nothing', {}],
    ['an address', { $match: { address: 'users:9:main' } }],
    ['all below an address', { $match: { address: 'merchants:' } }],
    ['a partial address', { $match: { address: 'users::main' } }],
    ['rare metadata', { $match: { 'metadata[vip]': 'yes' } }],
    ['common metadata', { $match: { 'metadata[tier]': 'gold' } }],
    ['a balance', { $gt: { 'balance[TRY/2]': 0 } }],
  ])('accounts by %s', async (_, filter) => {
    const recorder = new PlanRecorder(ledger.database.database);
    const list = new AccountListReader(recorder.asDatabase);
    for (const descending of [true, false])
      await list.accounts(ledgerId, parsed(filter, ACCOUNTS), page('users:5:main', descending));
    check(recorder);
  });

  it.each([
    ['nothing', {}],
    ['an account', { $match: { account: 'users:9:main' } }],
    ['all below an address', { $match: { account: 'merchants:' } }],
    ['metadata of the account', { $match: { 'metadata[vip]': 'yes' } }],
    ['common metadata of the account', { $match: { 'metadata[tier]': 'gold' } }],
    ['a balance', { $gt: { 'balance[TRY/2]': 0 } }],
  ])('volumes by %s', async (_, filter) => {
    const recorder = new PlanRecorder(ledger.database.database);
    const list = new AccountListReader(recorder.asDatabase);
    for (const descending of [true, false])
      await list.balances(ledgerId, parsed(filter, VOLUMES), page(['users:5:main', ''] as const, descending));
    check(recorder);
  });

  it.each([
    ['nothing', {}],
    ['an old date', { $lt: { date: '2025-08-01T00:00:00Z' } }],
    ['a common type', { $match: { type: 'NEW_TRANSACTION' } }],
    ['a rare type', { $match: { type: 'SET_METADATA' } }],
    ['rare types', { $in: { type: ['SET_METADATA', 'REVERTED_TRANSACTION', 'VOIDED_HOLD'] } }],
  ])('logs by %s', async (_, filter) => {
    const recorder = new PlanRecorder(ledger.database.database);
    const list = new LogListReader(recorder.asDatabase, new EventReader(recorder.asDatabase));
    for (const descending of [true, false])
      await list.page(ledgerId, parsed(filter, LOGS), page(TRANSACTION_COUNT / 2, descending));
    check(recorder);
  });
});
