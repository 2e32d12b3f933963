import { describe, expect, it } from '@jest/globals';
import { specify } from '@defter/kernel';
import type { CreateTransaction, LedgerCommand } from './command.js';
import type { LedgerEvent } from './event.js';
import { EffectiveLows } from './effective-lows.js';
import { decide } from './ledger.decider.js';
import { evolve } from './ledger.evolve.js';
import { type LedgerSettings, LedgerState } from './ledger-state.js';
import type { Posting } from './posting.js';
import type { LedgerRefusal } from './refusal.js';

const AT = '2026-03-01T10:00:00.000000Z';
const YESTERDAY = '2026-02-28T10:00:00.000000Z';
const TOMORROW = '2026-03-02T10:00:00.000000Z';

const SETTINGS: LedgerSettings = {
  strict: true,
  accountTypes: [
    { pattern: 'users:*', normalSide: 'credit', overdraft: 0n, closed: false },
    { pattern: 'bank:*', normalSide: 'debit', overdraft: 10n, closed: false },
    { pattern: 'users:gone', normalSide: 'credit', overdraft: 0n, closed: true },
  ],
};

/** Decides on a ledger with these settings. */
const on = (settings: Partial<LedgerSettings> = {}, lows?: EffectiveLows) =>
  specify<LedgerCommand, LedgerState, LedgerEvent, LedgerRefusal>({
    initial: () => {
      const state = new LedgerState({ ...SETTINGS, ...settings }, 0);
      state.setLows(lows);
      return state;
    },
    decide: (command, state) => decide(command, state, AT),
    evolve: (state, event) => {
      evolve(state, event);
      return state;
    },
  });

const posting = (source: string, destination: string, amount: bigint): Posting => ({
  source,
  destination,
  asset: 'TRY/2',
  amount,
});
const create = (postings: readonly Posting[], extra: Partial<CreateTransaction> = {}): CreateTransaction => ({
  type: 'CreateTransaction',
  postings,
  metadata: {},
  pending: false,
  force: false,
  ...extra,
});
const posted = (id: number, postings: readonly Posting[], extra: object = {}): LedgerEvent => ({
  type: 'TransactionCreated',
  transaction: { id, status: 'posted', postings, timestamp: AT, metadata: {}, ...extra },
});
const deposit = posted(1, [posting('world', 'users:1', 100n)], { reference: 'taken' });
const condition = (
  op: 'lt' | 'lte' | 'eq' | 'gte' | 'gt',
  amount: bigint,
  balance = 'available' as const,
) => ({
  conditions: [{ account: 'users:1', asset: 'TRY/2', balance, op, amount }],
});
const pay = [posting('users:1', 'users:2', 1n)];

describe('a condition', () => {
  it.each([
    ['lt', 101n, 100n],
    ['lte', 100n, 99n],
    ['eq', 100n, 101n],
    ['gte', 100n, 101n],
    ['gt', 99n, 100n],
  ] as const)('%s %d is met by 100, %d is not', (op, met, missed) => {
    on()
      .given(deposit)
      .when(create(pay, condition(op, met)))
      .thenAccepted(posted(2, pay));
    on()
      .given(deposit)
      .when(create(pay, condition(op, missed)))
      .thenRefused({
        code: 'condition-failed',
        account: 'users:1',
        asset: 'TRY/2',
        balance: 'available',
        op,
        amount: missed,
        actual: 100n,
      });
  });

  it('sees the balance before the transaction, less holds or with them, and force skips none', () => {
    const held: LedgerEvent = {
      type: 'TransactionCreated',
      transaction: {
        id: 2,
        status: 'pending',
        postings: [posting('users:1', 'users:2', 40n)],
        timestamp: AT,
        metadata: {},
      },
    };
    const posted3 = posted(3, pay);
    on()
      .given(deposit, held)
      .when(create(pay, condition('eq', 60n)))
      .thenAccepted(posted3);
    const balance = { ...condition('eq', 100n).conditions[0], balance: 'posted' as const };
    on()
      .given(deposit, held)
      .when(create(pay, { conditions: [balance] as never }))
      .thenAccepted(posted3);
    on()
      .given(deposit, held)
      .when(create(pay, { ...condition('eq', 59n), force: true }))
      .thenRefused({ code: 'condition-failed', ...condition('eq', 59n).conditions[0], actual: 60n } as never);
  });
});

describe('the order of refusals', () => {
  const closed = [posting('users:gone', 'users:2', 5n)];
  const unknownAndClosed = [posting('nobody', 'users:gone', 5n)];
  const unknown = [posting('users:1', 'nobody', 500n)];
  const short = [posting('users:1', 'users:2', 500n)];
  const failing = condition('eq', 1n);
  const ahead = { timestamp: TOMORROW };
  const every: Partial<LedgerSettings> = { backdating: 'every-state' };
  it.each<[string, Partial<LedgerSettings>, CreateTransaction, LedgerRefusal['code']]>([
    ['reference before ledger', { closed: true }, create(closed, { reference: 'taken' }), 'reference-taken'],
    ['ledger before account', { closed: true }, create(closed), 'ledger-closed'],
    ['closed before type, whichever posting has it', {}, create(unknownAndClosed), 'account-closed'],
    ['type before conditions', {}, create(unknown, failing), 'account-unknown'],
    ['conditions before time', every, create(short, { ...failing, ...ahead }), 'condition-failed'],
    ['time before funds', every, create(short, ahead), 'effective-in-future'],
    ['conditions before funds', {}, create(short, failing), 'condition-failed'],
    ['funds last', {}, create(short), 'insufficient-funds'],
  ])('%s', (_, settings, command, code) => {
    const state = new LedgerState({ ...SETTINGS, ...settings }, 0);
    evolve(state, deposit);
    expect(decide(command, state, AT)).toMatchObject({ accepted: false, refusal: { code } });
  });
});

describe('a closed ledger', () => {
  it('takes nothing new, and lets open holds end', () => {
    const state = new LedgerState({ ...SETTINGS, closed: true }, 0);
    evolve(state, deposit);
    evolve(state, {
      type: 'TransactionCreated',
      transaction: { id: 2, status: 'pending', postings: pay, timestamp: AT, metadata: {} },
    });
    const target = { kind: 'account' as const, address: 'users:1' };
    const revert = { force: false, atEffectiveDate: false, metadata: {} };
    const refused: LedgerCommand[] = [
      create(pay),
      { type: 'RevertTransaction', transaction: { id: 1 }, ...revert },
      { type: 'SetMetadata', target, metadata: {} },
      { type: 'DeleteMetadata', target, key: 'a' },
    ];
    for (const command of refused) {
      expect(decide(command, state, AT)).toEqual({ accepted: false, refusal: { code: 'ledger-closed' } });
    }
    const hold = { id: 2 };
    expect(decide({ type: 'PostHold', hold, remainder: 'release' }, state, AT).accepted).toBe(true);
    expect(decide({ type: 'VoidHold', hold }, state, AT).accepted).toBe(true);
  });
});

describe('a debit-normal account', () => {
  const lent = posted(1, [posting('bank:1', 'users:1', 100n)]);
  const back = (amount: bigint) => [posting('users:1', 'bank:1', amount)];
  it('takes back what it gave and its limit, and not one kuruş more', () => {
    const extra = posted(2, [posting('world', 'users:1', 50n)]);
    on()
      .given(lent, extra)
      .when(create(back(110n)))
      .thenAccepted(posted(3, back(110n)));
    on()
      .given(lent, extra)
      .when(create(back(111n)))
      .thenRefused({
        code: 'insufficient-funds',
        account: 'bank:1',
        asset: 'TRY/2',
        needed: 111n,
        available: 100n,
        normalSide: 'debit',
      });
  });
  it('may give what its transaction brings back to it', () => {
    const both = [posting('world', 'bank:2', 500n), posting('bank:2', 'users:1', 490n)];
    on().given().when(create(both)).thenAccepted(posted(1, both));
  });
});

describe('shadow mode', () => {
  const shadow: Partial<LedgerSettings> = { mode: 'shadow' };
  const marked = (id: number, postings: readonly Posting[], wouldRefuse: object) =>
    posted(id, postings, { wouldRefuse });
  it('accepts what enforcement would refuse, and says which refusal it would have been', () => {
    const short = [posting('users:1', 'users:2', 101n)];
    on(shadow)
      .given(deposit)
      .when(create(short))
      .thenAccepted(
        marked(2, short, {
          code: 'insufficient-funds',
          account: 'users:1',
          asset: 'TRY/2',
          needed: '101',
          available: '100',
        }),
      );
    const closed = [posting('users:gone', 'users:2', 1n)];
    on(shadow)
      .given(deposit)
      .when(create(closed))
      .thenAccepted(marked(2, closed, { code: 'account-closed', account: 'users:gone' }));
  });
  it('refuses what can’t be recorded all the same', () => {
    on(shadow)
      .given(deposit)
      .when(create(pay, { reference: 'taken' }))
      .thenRefused({ code: 'reference-taken', reference: 'taken', transactionId: 1 });
    on({ ...shadow, closed: true })
      .given(deposit)
      .when(create(pay))
      .thenRefused({ code: 'ledger-closed' });
  });
  it('gives no credit for later: once enforced, an account below its floor pays nothing', () => {
    const short = [posting('users:1', 'users:2', 150n)];
    on()
      .given(deposit, marked(2, short, { code: 'insufficient-funds' }))
      .when(create(pay))
      .thenRefused({
        code: 'insufficient-funds',
        account: 'users:1',
        asset: 'TRY/2',
        needed: 1n,
        available: -50n,
      });
  });
});

describe('where every state counts', () => {
  const every: Partial<LedgerSettings> = { backdating: 'every-state' };
  const past = (low: bigint) => {
    const lows = new EffectiveLows();
    lows.set('users:1', 'TRY/2', [{ since: YESTERDAY, low }]);
    lows.set('users:2', 'TRY/2', [{ since: YESTERDAY, low: 0n }]);
    return lows;
  };
  const spend = (amount: bigint) => [posting('users:1', 'users:2', amount)];
  const backdated = { timestamp: YESTERDAY };
  it('a backdated payment needs the funds of every state since, to the kuruş', () => {
    on(every, past(30n))
      .given(deposit)
      .when(create(spend(30n), backdated))
      .thenAccepted(posted(2, spend(30n), backdated));
    on(every, past(30n))
      .given(deposit)
      .when(create(spend(31n), backdated))
      .thenRefused({
        code: 'insufficient-funds',
        account: 'users:1',
        asset: 'TRY/2',
        needed: 31n,
        available: 30n,
        effectiveFrom: YESTERDAY,
      });
  });
  it('two of one batch count together', () =>
    on(every, past(30n))
      .given(deposit, posted(2, spend(20n), backdated))
      .when(create(spend(11n), backdated))
      .thenRefused({
        code: 'insufficient-funds',
        account: 'users:1',
        asset: 'TRY/2',
        needed: 11n,
        available: 10n,
        effectiveFrom: YESTERDAY,
      }));
  it('nothing takes effect ahead of the clock, by force neither', () =>
    on(every)
      .given(deposit)
      .when(create(pay, { timestamp: TOMORROW, force: true }))
      .thenRefused({ code: 'effective-in-future', timestamp: TOMORROW, recordedAt: AT }));
  it('a past that wasn’t loaded is a bug, not a decision', () => {
    const state = new LedgerState({ ...SETTINGS, ...every }, 0);
    evolve(state, deposit);
    expect(() => decide(create(pay, backdated), state, AT)).toThrow('was not loaded');
  });
});
