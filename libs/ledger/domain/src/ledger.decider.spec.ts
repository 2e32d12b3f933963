import { describe, expect, it } from '@jest/globals';
import { specify } from '@defter/kernel';
import type { CreateTransaction, LedgerCommand, PostHold } from './command.js';
import type { HoldPosted, LedgerEvent } from './event.js';
import { decide } from './ledger.decider.js';
import { evolve } from './ledger.evolve.js';
import { type LedgerSettings, LedgerState } from './ledger-state.js';
import type { Posting } from './posting.js';
import type { LedgerRefusal } from './refusal.js';

const AT = '2026-03-01T10:00:00.000000Z';
const SOON = '2026-03-01T10:00:05.000000Z';

const settings: LedgerSettings = {
  strict: false,
  accountTypes: [
    { pattern: 'psp:*', normalSide: 'credit', overdraft: null, closed: false },
    { pattern: 'credit:*', normalSide: 'credit', overdraft: 500n, closed: false },
    { pattern: 'credit:gone', normalSide: 'credit', overdraft: 0n, closed: true },
  ],
};

const { given } = specify<LedgerCommand, LedgerState, LedgerEvent, LedgerRefusal>({
  initial: () => new LedgerState(settings, 0),
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
const command = (postings: Posting[], extra: Partial<CreateTransaction> = {}): CreateTransaction => ({
  type: 'CreateTransaction',
  postings,
  metadata: {},
  pending: false,
  force: false,
  ...extra,
});
const posted = (id: number, postings: Posting[], extra: object = {}): LedgerEvent => ({
  type: 'TransactionCreated',
  transaction: { id, status: 'posted', postings, timestamp: AT, metadata: {}, ...extra },
});
const held = (id: number, postings: Posting[], extra: object = {}): LedgerEvent => ({
  type: 'TransactionCreated',
  transaction: { id, status: 'pending', postings, timestamp: AT, metadata: {}, ...extra },
});
const deposit = posted(1, [posting('world', 'users:1', 1000n)]);
const hold = held(2, [posting('users:1', 'shop', 400n)], { reference: 'h' });
const capture = (amount?: bigint, remainder: PostHold['remainder'] = 'release'): PostHold => ({
  type: 'PostHold',
  hold: { id: 2 },
  remainder,
  ...(amount === undefined ? {} : { amounts: [{ source: 'users:1', asset: 'TRY/2', amount }] }),
});
const captured = (amount: bigint, released: bigint, closed: boolean): HoldPosted => ({
  type: 'HoldPosted',
  transactionId: 2,
  reference: 'h',
  postings: [posting('users:1', 'shop', amount)],
  released: [released],
  closed,
});
const short = (account: string, needed: bigint, available: bigint): LedgerRefusal => ({
  code: 'insufficient-funds',
  account,
  asset: 'TRY/2',
  needed,
  available,
});

describe('creating a transaction', () => {
  it('takes all that is available', () =>
    given(deposit, hold)
      .when(command([posting('users:1', 'x', 600n)]))
      .thenAccepted(posted(3, [posting('users:1', 'x', 600n)])));

  it('is refused one kuruş above', () =>
    given(deposit, hold)
      .when(command([posting('users:1', 'x', 601n)]))
      .thenRefused(short('users:1', 601n, 600n)));

  it('is refused for an account that never had anything', () =>
    given()
      .when(command([posting('users:9', 'x', 1n)]))
      .thenRefused(short('users:9', 1n, 0n)));

  it('of nothing is accepted from anybody', () =>
    given()
      .when(command([posting('users:9', 'x', 0n)]))
      .thenAccepted(posted(1, [posting('users:9', 'x', 0n)])));

  it('counts what it brings an account against what it takes from it', () =>
    given()
      .when(command([posting('a', 'b', 5n), posting('world', 'a', 5n)]))
      .thenAccepted(posted(1, [posting('a', 'b', 5n), posting('world', 'a', 5n)])));

  it('as a hold counts nothing that it would bring', () =>
    given()
      .when(command([posting('world', 'a', 5n), posting('a', 'b', 5n)], { pending: true }))
      .thenRefused(short('a', 5n, 0n)));

  it('may overdraw where the account type says so, to its limit', () => {
    given()
      .when(command([posting('psp:1:receivable', 'a', 10n ** 30n)]))
      .thenAccepted(posted(1, [posting('psp:1:receivable', 'a', 10n ** 30n)]));
    given()
      .when(command([posting('credit:1', 'a', 500n)]))
      .thenAccepted(posted(1, [posting('credit:1', 'a', 500n)]));
    given()
      .when(command([posting('credit:1', 'a', 501n)]))
      .thenRefused(short('credit:1', 501n, 0n));
  });

  it('reports the first refusal of the contract: reference before account before funds', () => {
    const taken = posted(1, [posting('world', 'a', 1n)], { reference: 'r' });
    const bad = [posting('credit:gone', 'x', 1n)];
    given(taken)
      .when(command(bad, { reference: 'r' }))
      .thenRefused({ code: 'reference-taken', reference: 'r', transactionId: 1 });
    given(taken)
      .when(command(bad, { reference: 's' }))
      .thenRefused({ code: 'account-closed', account: 'credit:gone' });
  });

  it('reckons the deadline of a hold from the time of recording, to the microsecond', () => {
    const decision = decide(
      command([posting('world', 'a', 1n)], { pending: true, expiresInSeconds: 90 }),
      new LedgerState(settings, 0),
      '2026-12-31T23:59:00.000007Z',
    );
    expect(decision).toMatchObject({
      accepted: true,
      events: [{ transaction: { expiresAt: '2027-01-01T00:00:30.000007Z' } }],
    });
  });
});

describe('a forced transaction', () => {
  const forced = posted(2, [posting('users:1', 'x', 1100n)], { forced: true });
  it('passes the floor, and gives no credit for later', () => {
    given(deposit)
      .when(command([posting('users:1', 'x', 1100n)], { force: true }))
      .thenAccepted(forced);
    given(deposit, forced)
      .when(command([posting('users:1', 'x', 1n)]))
      .thenRefused(short('users:1', 1n, -100n));
    given(deposit, forced, posted(3, [posting('world', 'users:1', 100n)]))
      .when(command([posting('users:1', 'x', 1n)]))
      .thenRefused(short('users:1', 1n, 0n));
  });
});

describe('a hold', () => {
  it('is captured in full', () =>
    given(deposit, hold)
      .when(capture())
      .thenAccepted(captured(400n, 0n, true)));
  it('is captured in part, the rest released', () =>
    given(deposit, hold)
      .when(capture(150n))
      .thenAccepted(captured(150n, 250n, true)));
  it('is captured in part, the rest kept', () =>
    given(deposit, hold)
      .when(capture(150n, 'keep'))
      .thenAccepted(captured(150n, 0n, false)));
  it('is not captured above what is left', () =>
    given(deposit, hold, captured(150n, 0n, false))
      .when(capture(251n))
      .thenRefused({ code: 'exceeds-hold', account: 'users:1', asset: 'TRY/2', asked: 251n, held: 250n }));
  it('is captured once', () =>
    given(deposit, hold, captured(400n, 0n, true))
      .when(capture())
      .thenRefused({ code: 'hold-already-posted', transactionId: 2 }));
  it('is found by its reference', () =>
    given(deposit, hold)
      .when({ type: 'VoidHold', hold: { reference: 'h' } })
      .thenAccepted({
        type: 'HoldVoided',
        transactionId: 2,
        reference: 'h',
        postings: [posting('users:1', 'shop', 400n)],
      }));
  it('that is due can be expired and nothing else', () => {
    const due = held(2, [posting('users:1', 'shop', 400n)], { expiresAt: AT });
    given(deposit, due).when(capture()).thenRefused({ code: 'hold-expired', transactionId: 2 });
    given(deposit, due)
      .when({ type: 'ExpireHold', hold: { id: 2 } })
      .thenAccepted({ type: 'HoldExpired', transactionId: 2, postings: [posting('users:1', 'shop', 400n)] });
  });
  it('that is not due does not expire', () =>
    given(deposit, held(2, [posting('users:1', 'shop', 400n)], { expiresAt: SOON }))
      .when({ type: 'ExpireHold', hold: { id: 2 } })
      .thenRefused({ code: 'hold-not-due', transactionId: 2 }));
  it('is not a posted transaction', () =>
    given(deposit)
      .when({ type: 'VoidHold', hold: { id: 1 } })
      .thenRefused({ code: 'not-a-hold', transactionId: 1 }));
});

describe('a reversal', () => {
  const revert: LedgerCommand = {
    type: 'RevertTransaction',
    transaction: { id: 1 },
    force: false,
    atEffectiveDate: false,
    metadata: {},
  };
  const reversal: LedgerEvent = {
    type: 'TransactionReverted',
    revertedTransactionId: 1,
    transaction: {
      id: 2,
      status: 'posted',
      postings: [posting('users:1', 'world', 1000n)],
      timestamp: AT,
      metadata: {},
      reverts: 1,
    },
  };
  it('books the mirrored postings', () => given(deposit).when(revert).thenAccepted(reversal));
  it('happens once', () =>
    given(deposit, reversal)
      .when(revert)
      .thenRefused({ code: 'already-reverted', transactionId: 1, revertedBy: 2 }));
  it('is refused when the funds are gone', () =>
    given(deposit, posted(2, [posting('users:1', 'x', 1n)]))
      .when(revert)
      .thenRefused(short('users:1', 1000n, 999n)));
});
