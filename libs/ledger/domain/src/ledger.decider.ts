/**
 * Decides one command on a ledger's state.
 *
 * A transaction is created `posted`, or `pending` (a hold). pending → captured | voided | expired, each once;
 * a partial capture with `keep` stays pending. A posted transaction may be reverted once. Nothing else moves.
 *
 * The order of the guards is part of the contract (see `LedgerRefusal`). In shadow mode the rules about
 * accounts, conditions and funds refuse nothing: the first that would have is recorded with the transaction.
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
import type { LedgerState, TransactionState } from './ledger-state.js';
import type { Posting } from './posting.js';
import type { LedgerRefusal } from './refusal.js';
import { failedCondition, judge, recorded, refusedAccount, unknownAmong } from './rules.js';
import { emptyPostings, runScript } from './run-script.js';
import type { Script } from './script.js';

export type LedgerDecision = Decision<LedgerEvent, LedgerRefusal>;

/** Amounts have at most 78 digits, as the contracts of messages say. */
const AMOUNT_END = 10n ** 78n;

type Hold = Extract<TransactionState, { status: 'pending' }>;

/** Decides; `at` is the database's time of this batch. Changes nothing. */
export const decide = (command: LedgerCommand, state: LedgerState, at: string): LedgerDecision => {
  switch (command.type) {
    case 'CreateTransaction':
      return command.script === undefined
        ? decideCreate(command, state, at)
        : decideScripted(command, command.script, state, at);
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
      if (state.closed) return refuse({ code: 'ledger-closed' });
      if (command.target.kind === 'account' && !state.admits(command.target.address)) {
        return refuse({ code: 'account-unknown', account: command.target.address });
      }
      return accept({ type: 'MetadataSet', target: command.target, metadata: command.metadata });
    case 'DeleteMetadata':
      if (targetIsUnknown(command.target, state)) return refuse(unknown({ id: command.target.id }));
      if (state.closed) return refuse({ code: 'ledger-closed' });
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
  if (state.closed) return refuse({ code: 'ledger-closed' });
  const barred =
    refusedAccount(postings, state) ??
    (command.accountMetadata === undefined
      ? undefined
      : unknownAmong(Object.keys(command.accountMetadata), state)) ??
    failedCondition(command.conditions, state);
  const { force, timestamp: since } = command;
  const { refusal, shadowed } = judge({ postings, pending, force, since }, barred, state, at);
  if (refusal !== undefined) return refuse(refusal);
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
      ...(shadowed === undefined ? {} : { wouldRefuse: recorded(shadowed) }),
    },
  });
};

/**
 * The postings of a script are decided like any others. When it gives none, what comes before funds in the
 * order of refusals is still asked first.
 */
const decideScripted = (
  command: CreateTransaction,
  script: Script,
  state: LedgerState,
  at: string,
): LedgerDecision => {
  const run = runScript(command, script, state);
  if (run.moved && run.movements.length > 0) {
    const large = run.movements.find(({ amount }) => amount >= AMOUNT_END);
    if (large !== undefined) {
      const { source: account, asset, amount } = large;
      return refuse({ code: 'amount-too-large', account, asset, amount });
    }
    return decideCreate({ ...command, postings: run.movements }, state, at);
  }
  const earlier = decideCreate({ ...command, postings: emptyPostings(script) }, state, at);
  if (!earlier.accepted) return earlier;
  return refuse(
    run.moved ? { code: 'script-moves-nothing' } : { code: 'insufficient-funds', ...run.shortage },
  );
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
  if (state.closed) return refuse({ code: 'ledger-closed' });
  const since = command.atEffectiveDate ? original.timestamp : undefined;
  const moving = { postings, pending: false, force: command.force, since };
  const { refusal, shadowed } = judge(moving, refusedAccount(postings, state), state, at);
  if (refusal !== undefined) return refuse(refusal);
  return accept({
    type: 'TransactionReverted',
    revertedTransactionId: original.id,
    transaction: {
      id: state.lastTransactionId + 1,
      status: 'posted',
      postings,
      timestamp: since ?? at,
      metadata: command.metadata,
      reverts: original.id,
      ...(command.force ? { forced: true } : {}),
      ...(shadowed === undefined ? {} : { wouldRefuse: recorded(shadowed) }),
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

/** `at` plus seconds, with its six fractional digits kept. */
const later = (at: string, seconds: number): string => {
  const micros = at.slice(20, 26);
  const whole = new Date(`${at.slice(0, 19)}Z`).getTime() + seconds * 1000;
  return `${new Date(whole).toISOString().slice(0, 19)}.${micros}Z`;
};
