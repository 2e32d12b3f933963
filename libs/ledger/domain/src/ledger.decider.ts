/**
 * Decides one command on a ledger's state.
 *
 * A transaction is created `posted`, or `pending` (a hold). pending → captured | voided | expired, each once;
 * a partial capture with `keep` stays pending. A posted transaction may be reverted once. Nothing else moves.
 */
import { accept, assertNever, type Decision, refuse } from '@defter/kernel';
import type {
  CreateTransaction,
  ExpireHold,
  LedgerCommand,
  PostHold,
  RevertTransaction,
  TransactionName,
} from './command.js';
import type { LedgerEvent } from './event.js';
import { availableOf, type LedgerState, type TransactionState } from './ledger-state.js';
import { balanceKey, type Posting, splitBalanceKey } from './posting.js';
import type { LedgerRefusal } from './refusal.js';

export type LedgerDecision = Decision<LedgerEvent, LedgerRefusal>;

type Hold = Extract<TransactionState, { status: 'pending' }>;

/** Decides; `at` is the database's time of this batch. Changes nothing. */
export const decide = (command: LedgerCommand, state: LedgerState, at: string): LedgerDecision => {
  switch (command.type) {
    case 'CreateTransaction':
      return decideCreate(command, state, at);
    case 'PostHold':
      return withOpenHold(state, command.hold, at, (hold) => decidePostHold(command, hold));
    case 'VoidHold':
      return withOpenHold(state, command.hold, at, (hold) =>
        accept({ type: 'HoldVoided', ...released(hold) }),
      );
    case 'ExpireHold':
      return decideExpire(command, state, at);
    case 'RevertTransaction':
      return decideRevert(command, state, at);
    case 'SetMetadata':
      if (targetIsUnknown(command.target, state)) return refuse(unknown({ id: command.target.id }));
      if (command.target.kind === 'account' && !state.admits(command.target.address)) {
        return refuse({ code: 'account-unknown', account: command.target.address });
      }
      return accept({ type: 'MetadataSet', target: command.target, metadata: command.metadata });
    case 'DeleteMetadata':
      if (targetIsUnknown(command.target, state)) return refuse(unknown({ id: command.target.id }));
      return accept({ type: 'MetadataDeleted', target: command.target, key: command.key });
    default:
      return assertNever(command);
  }
};

const decideCreate = (command: CreateTransaction, state: LedgerState, at: string): LedgerDecision => {
  const { reference, postings, pending, expiresInSeconds } = command;
  const taken = reference === undefined ? undefined : state.transactionByReference(reference);
  if (reference !== undefined && taken !== undefined) {
    return refuse({ code: 'reference-taken', reference, transactionId: taken });
  }
  const barred =
    refusedAccount(postings, state) ??
    unknownAmong(Object.keys(command.accountMetadata ?? {}), state) ??
    (command.force ? undefined : shortage(postings, pending, state));
  if (barred !== undefined) return refuse(barred);
  return accept({
    type: 'TransactionCreated',
    transaction: {
      id: state.lastTransactionId + 1,
      status: pending ? 'pending' : 'posted',
      postings,
      timestamp: command.timestamp ?? at,
      metadata: command.metadata,
      ...(reference === undefined ? {} : { reference }),
      ...(command.accountMetadata === undefined ? {} : { accountMetadata: command.accountMetadata }),
      ...(pending && expiresInSeconds !== undefined ? { expiresAt: later(at, expiresInSeconds) } : {}),
      ...(command.force ? { forced: true } : {}),
    },
  });
};

const decidePostHold = (command: PostHold, hold: Hold): LedgerDecision => {
  const captured = command.amounts === undefined ? hold.remaining : spread(command.amounts, hold);
  if ('code' in captured) return refuse(captured);
  const left = hold.remaining.map((held, index) => held - (captured[index] ?? 0n));
  const keeps = command.remainder === 'keep' && left.some((amount) => amount > 0n);
  return accept({
    type: 'HoldPosted',
    transactionId: hold.id,
    ...(hold.reference === undefined ? {} : { reference: hold.reference }),
    postings: hold.postings.map((posting, index) => ({ ...posting, amount: captured[index] ?? 0n })),
    released: keeps ? left.map(() => 0n) : left,
    closed: !keeps,
  });
};

/** Spreads captured amounts over the hold's postings in their order; more than is held is refused. */
const spread = (amounts: NonNullable<PostHold['amounts']>, hold: Hold): readonly bigint[] | LedgerRefusal => {
  const captured = hold.remaining.map(() => 0n);
  for (const { source, asset, amount } of amounts) {
    let rest = amount;
    hold.postings.forEach((posting, index) => {
      if (posting.source !== source || posting.asset !== asset) return;
      const room = (hold.remaining[index] ?? 0n) - (captured[index] ?? 0n);
      const part = rest < room ? rest : room;
      captured[index] = (captured[index] ?? 0n) + part;
      rest -= part;
    });
    if (rest > 0n)
      return { code: 'exceeds-hold', account: source, asset, asked: amount, held: amount - rest };
  }
  return captured;
};

const decideExpire = (command: ExpireHold, state: LedgerState, at: string): LedgerDecision => {
  const hold = state.transaction(command.hold);
  if (hold === undefined) return refuse(unknown(command.hold));
  if (hold.status !== 'pending') return refuse(ended(hold));
  if (hold.expiresAt === undefined || hold.expiresAt > at)
    return refuse({ code: 'hold-not-due', transactionId: hold.id });
  return accept({ type: 'HoldExpired', ...released(hold) });
};

const decideRevert = (command: RevertTransaction, state: LedgerState, at: string): LedgerDecision => {
  const original = state.transaction(command.transaction);
  if (original === undefined) return refuse(unknown(command.transaction));
  if (original.status !== 'posted') return refuse({ code: 'not-revertible', transactionId: original.id });
  if (original.revertedBy !== null) {
    return refuse({ code: 'already-reverted', transactionId: original.id, revertedBy: original.revertedBy });
  }
  const postings = [...original.postings].reverse().map(mirror);
  const barred =
    refusedAccount(postings, state) ?? (command.force ? undefined : shortage(postings, false, state));
  if (barred !== undefined) return refuse(barred);
  return accept({
    type: 'TransactionReverted',
    revertedTransactionId: original.id,
    transaction: {
      id: state.lastTransactionId + 1,
      status: 'posted',
      postings,
      timestamp: command.atEffectiveDate ? original.timestamp : at,
      metadata: command.metadata,
      reverts: original.id,
      ...(command.force ? { forced: true } : {}),
    },
  });
};

const withOpenHold = (
  state: LedgerState,
  name: TransactionName,
  at: string,
  next: (hold: Hold) => LedgerDecision,
): LedgerDecision => {
  const hold = state.transaction(name);
  if (hold === undefined) return refuse(unknown(name));
  if (hold.status !== 'pending') return refuse(ended(hold));
  // The clock alone ends a hold: a capture that comes after the deadline loses, though no ExpireHold ran yet.
  if (hold.expiresAt !== undefined && hold.expiresAt <= at)
    return refuse({ code: 'hold-expired', transactionId: hold.id });
  return next(hold);
};

const ended = (transaction: Exclude<TransactionState, Hold>): LedgerRefusal => {
  const { id: transactionId } = transaction;
  switch (transaction.status) {
    case 'posted':
      return { code: 'not-a-hold', transactionId };
    case 'captured':
      return { code: 'hold-already-posted', transactionId };
    case 'voided':
      return { code: 'hold-already-voided', transactionId };
    case 'expired':
      return { code: 'hold-expired', transactionId };
    default:
      return assertNever(transaction);
  }
};

/** Metadata opens no account that a strict ledger wouldn't admit. */
const unknownAmong = (addresses: readonly string[], state: LedgerState): LedgerRefusal | undefined => {
  const account = addresses.find((address) => !state.admits(address));
  return account === undefined ? undefined : { code: 'account-unknown', account };
};

const unknown = (transaction: TransactionName): LedgerRefusal => ({
  code: 'transaction-unknown',
  transaction,
});

const targetIsUnknown = (
  target: { kind: 'account' } | { kind: 'transaction'; id: number },
  state: LedgerState,
): target is { kind: 'transaction'; id: number } =>
  target.kind === 'transaction' && state.transaction({ id: target.id }) === undefined;

const released = (hold: Hold) => ({
  transactionId: hold.id,
  ...(hold.reference === undefined ? {} : { reference: hold.reference }),
  postings: hold.postings.map((posting, index) => ({ ...posting, amount: hold.remaining[index] ?? 0n })),
});

const mirror = ({ source, destination, asset, amount }: Posting): Posting => ({
  source: destination,
  destination: source,
  asset,
  amount,
});

const refusedAccount = (postings: readonly Posting[], state: LedgerState): LedgerRefusal | undefined => {
  for (const { source, destination } of postings) {
    for (const account of [source, destination]) {
      if (state.accountType(account)?.closed === true) return { code: 'account-closed', account };
      if (!state.admits(account)) return { code: 'account-unknown', account };
    }
  }
  return undefined;
};

/**
 * The first account that would fall below its floor. Postings apply together, so what a posted transaction
 * brings an account counts against what it takes from it; a hold only reserves, so incoming holds count for
 * nothing.
 */
const shortage = (
  postings: readonly Posting[],
  pending: boolean,
  state: LedgerState,
): LedgerRefusal | undefined => {
  const needs = new Map<string, bigint>();
  const add = (account: string, asset: string, amount: bigint) => {
    const key = balanceKey(account, asset);
    needs.set(key, (needs.get(key) ?? 0n) + amount);
  };
  for (const { source, destination, asset, amount } of postings) {
    add(source, asset, amount);
    if (!pending) add(destination, asset, -amount);
  }
  for (const [key, needed] of needs) {
    if (needed <= 0n) continue;
    const [account, asset] = splitBalanceKey(key);
    const available = availableOf(state.balance(account, asset));
    const floor = state.floorOf(account);
    if (floor !== null && available - needed < floor) {
      return { code: 'insufficient-funds', account, asset, needed, available };
    }
  }
  return undefined;
};

/** `at` plus seconds, with its six fractional digits kept. */
const later = (at: string, seconds: number): string => {
  const micros = at.slice(20, 26);
  const whole = new Date(`${at.slice(0, 19)}Z`).getTime() + seconds * 1000;
  return `${new Date(whole).toISOString().slice(0, 19)}.${micros}Z`;
};
