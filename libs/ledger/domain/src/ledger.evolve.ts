import { assertNever } from '@defter/kernel';
import type { HoldExpired, HoldPosted, HoldVoided, LedgerEvent, RecordedTransaction } from './event.js';
import type { Balance } from './balance.js';
import type { LedgerState } from './ledger-state.js';
import type { Posting } from './posting.js';

/** Applies an event to the state. Never refuses: what was recorded has happened. */
export const evolve = (state: LedgerState, event: LedgerEvent): void => {
  switch (event.type) {
    case 'TransactionCreated':
      return applyTransaction(state, event.transaction);
    case 'TransactionReverted': {
      applyTransaction(state, event.transaction);
      const original = state.transaction({ id: event.revertedTransactionId });
      if (original?.status === 'posted')
        state.setTransaction({ ...original, revertedBy: event.transaction.id });
      return;
    }
    case 'HoldPosted':
      return applyHoldPosted(state, event);
    case 'HoldVoided':
      return applyHoldEnded(state, event, 'voided');
    case 'HoldExpired':
      return applyHoldEnded(state, event, 'expired');
    case 'MetadataSet':
    case 'MetadataDeleted':
      return;
    default:
      return assertNever(event);
  }
};

const applyTransaction = (state: LedgerState, transaction: RecordedTransaction): void => {
  const { id, postings, reference, timestamp, expiresAt } = transaction;
  const named = reference === undefined ? {} : { reference };
  if (transaction.status === 'pending') {
    for (const posting of postings) reserve(state, posting, posting.amount);
    state.setTransaction({
      status: 'pending',
      id,
      postings,
      ...named,
      ...(expiresAt === undefined ? {} : { expiresAt }),
      remaining: postings.map(({ amount }) => amount),
    });
  } else {
    for (const posting of postings) {
      move(state, posting);
      state.moveInPast(posting, timestamp);
    }
    state.setTransaction({ status: 'posted', id, postings, timestamp, revertedBy: null, ...named });
  }
  if (transaction.forced === true || transaction.wouldRefuse !== undefined) excuse(state, postings);
};

const applyHoldPosted = (state: LedgerState, event: HoldPosted): void => {
  event.postings.forEach((posting, index) => {
    reserve(state, posting, -(posting.amount + (event.released[index] ?? 0n)));
    move(state, posting);
  });
  const hold = state.transaction({ id: event.transactionId });
  if (hold?.status !== 'pending') return;
  if (event.closed) return state.setTransaction(closedHold(hold, 'captured'));
  const remaining = hold.remaining.map((held, index) => held - (event.postings[index]?.amount ?? 0n));
  state.setTransaction({ ...hold, remaining });
};

const applyHoldEnded = (
  state: LedgerState,
  event: HoldVoided | HoldExpired,
  status: 'voided' | 'expired',
): void => {
  for (const posting of event.postings) reserve(state, posting, -posting.amount);
  const hold = state.transaction({ id: event.transactionId });
  if (hold !== undefined) state.setTransaction(closedHold(hold, status));
};

const closedHold = (hold: { id: number; reference?: string }, status: 'captured' | 'voided' | 'expired') => ({
  status,
  id: hold.id,
  ...(hold.reference === undefined ? {} : { reference: hold.reference }),
});

const change = (
  state: LedgerState,
  account: string,
  asset: string,
  next: (balance: Balance) => Balance,
): void => state.setBalance(account, asset, next(state.balance(account, asset)));

const move = (state: LedgerState, { source, destination, asset, amount }: Posting): void => {
  change(state, source, asset, (balance) => ({ ...balance, output: balance.output + amount }));
  change(state, destination, asset, (balance) => ({ ...balance, input: balance.input + amount }));
};

const reserve = (state: LedgerState, { source, destination, asset }: Posting, amount: bigint): void => {
  change(state, source, asset, (balance) => ({ ...balance, pendingOut: balance.pendingOut + amount }));
  change(state, destination, asset, (balance) => ({ ...balance, pendingIn: balance.pendingIn + amount }));
};

/**
 * A forced transaction, or one in shadow mode, may pass the limits of its accounts; the database's
 * constraints must know that it may.
 */
const excuse = (state: LedgerState, postings: readonly Posting[]): void => {
  for (const { source, destination, asset } of postings) {
    state.excuse(source, asset);
    state.excuse(destination, asset);
  }
};
