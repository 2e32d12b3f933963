/**
 * Decides about disputes, and books what refunds and disputes take. Only the provider's events and look-ups
 * move a dispute. An inquiry books nothing. Its funds are held when money is asked back; where the ledger has
 * none to hold, whoever was paid is asked again when it is lost (`late_debit`), and then they owe it (`debt`,
 * see debt.decider.ts): the money has left the provider's account either way. What comes back after it was
 * taken goes to whoever bore it.
 */
import { accept, assertNever, type Decision, refuse } from '@defter/kernel';
import type { HeldBookingKind } from './booking.js';
import { isForFunds, refusedMove } from './debt.decider.js';
import type { Dispute } from './dispute.js';
import { heldBookingId, holdReference, type IntentBooking } from './intent-booking.js';
import { evolveIntent } from './intent.evolve.js';
import type { ExistingIntent, IntentCommand, IntentEvent, IntentRefusal, ObserveDispute } from './intent.js';
import { observeOperation } from './operation.decider.js';
import type { Observation, OperationRequest, OperationResult, OperationState } from './operation.js';
import { holdEndOf, isKeyUsed, isVoidedAgain } from './payout-books.js';
import { undivided } from './split.js';

type RecordRefused = Extract<IntentCommand, { readonly type: 'RecordRefusedBooking' }>;

/** The dispute that a provider speaks of: by the provider's id of it, else by its amount. */
export const disputeOf = (
  { disputedOperationId, disputeRef, amountMinor }: ObserveDispute,
  { disputes, operations }: ExistingIntent,
): { readonly dispute: Dispute; readonly operation: OperationState } | undefined => {
  const ofIt = disputes.flatMap((dispute) =>
    operations
      .filter(({ operationId }) => operationId === dispute.operationId)
      .filter(({ parentOperationId }) => parentOperationId === disputedOperationId)
      .map((operation) => ({ dispute, operation })),
  );
  const named = ofIt.find(({ dispute }) => disputeRef !== undefined && dispute.disputeRef === disputeRef);
  // One that was opened without an id may be the one that has its id now.
  const mayBeIt = ({ dispute }: { readonly dispute: Dispute }): boolean =>
    disputeRef === undefined || dispute.disputeRef === undefined;
  return named ?? ofIt.find((one) => one.operation.amountMinor === amountMinor && mayBeIt(one));
};

/** One thing that a provider says about a dispute: the first one opens it. */
export const observeDispute = (
  command: ObserveDispute,
  intent: ExistingIntent,
): Decision<IntentEvent, IntentRefusal> => {
  const { disputedOperationId: disputedId, observation } = command;
  const disputed = intent.operations.find(({ operationId }) => operationId === disputedId);
  if (disputed === undefined) return refuse({ code: 'operation-unknown', operation: disputedId });
  const opening = disputeOf(command, intent) === undefined ? [openingOf(command, disputed)] : [];
  const after = opening.reduce(evolveIntent, intent) as ExistingIntent;
  const known = disputeOf(command, after);
  if (known === undefined) throw new Error('an opened dispute is there');
  const { operation } = known;
  const seen = { ...observation, operationId: operation.operationId };
  return accept<IntentEvent>(...opening, ...observeChargeback(after, operation, seen));
};

/** What an observation of a dispute's operation tells, whoever brought it, and what is booked for it. */
export const observeChargeback = (
  intent: ExistingIntent,
  operation: OperationState,
  seen: Observation,
): readonly IntentEvent[] => {
  const { at } = seen;
  const dispute = intent.disputes.find(({ operationId }) => operationId === operation.operationId);
  const learned = observeOperation(operation, seen);
  const result = learned.reduce((last, event) => ('result' in event ? event.result : last), operation.result);
  const escalation: IntentEvent[] =
    dispute?.isInquiry === true && asksBack(seen)
      ? [{ type: 'DisputeEscalated', disputeId: dispute.disputeId, at }]
      : [];
  // What is looked at of an inquiry isn't about money that is asked back.
  const isEvidence = seen.isUnderReview === true && seen.isInquiry !== true && dispute?.hasEvidence === false;
  const evidence: IntentEvent[] = isEvidence
    ? [{ type: 'DisputeEvidenceSeen', disputeId: dispute.disputeId, at }]
    : [];
  if (result === operation.result && escalation.length === 0) return [...learned, ...evidence];
  const after = escalation.reduce(evolveIntent, intent) as ExistingIntent;
  const bookings = bookGivenBack(after, operation, { result, at });
  return [...escalation, ...learned, ...evidence, ...bookings];
};

/** Whoever got no answer, or an answer about an inquiry, doesn't know that money is asked back. */
const asksBack = ({ result, isInquiry }: Observation): boolean =>
  isInquiry !== true && result !== 'unknown' && result !== 'errored';

const openingOf = (command: ObserveDispute, disputed: OperationState): IntentEvent => {
  const { disputeId, disputeRef, operationId, amountMinor, observation } = command;
  const operation: OperationRequest = {
    operationId,
    kind: 'chargeback',
    ...{ provider: disputed.provider, connectionId: disputed.connectionId },
    ...{ amountMinor, currency: disputed.currency, feeMinor: 0n, rateCardVersion: disputed.rateCardVersion },
    ...{ instrument: null, parentOperationId: disputed.operationId, returnUrl: null },
    // Whoever was paid bears it all; our commission isn't given back to the payer's bank.
    split: undivided(amountMinor),
    at: observation.at,
  };
  const named = {
    disputeId,
    ...(disputeRef !== undefined && { disputeRef }),
    ...(observation.isInquiry === true && { isInquiry: true as const }),
  };
  return { type: 'DisputeOpened', ...named, operation, at: observation.at };
};

/** What the ledger still has to book after the operation of a refund or dispute came to this result. */
export const bookGivenBack = (
  intent: ExistingIntent,
  operation: OperationState,
  { result, at }: { readonly result: OperationResult; readonly at: string },
): readonly IntentBooking[] => {
  const dispute = intent.disputes.find(({ operationId }) => operationId === operation.operationId);
  const refund = intent.refunds.find((one) => one.operation.operationId === operation.operationId);
  if (dispute?.isInquiry === true && result === 'pending') return [];
  // The hold of a refund is there before its operation is.
  const done = dispute?.bookings ?? ['hold', ...(refund?.bookings ?? [])];
  return bookingsAfter(done, result, dispute?.isUncovered ?? false).map((kind) =>
    toBooking(operation, kind, at, done),
  );
};

/** The next one of its kind. */
const toBooking = (
  operation: OperationState,
  kind: HeldBookingKind,
  at: string,
  done: readonly HeldBookingKind[],
): IntentBooking => ({
  type: 'BookingRequested',
  bookingId: heldBookingId(operation, kind, done.filter((each) => each === kind).length + 1),
  kind,
  operationId: operation.operationId,
  at,
});

/**
 * Whatever came first, the net is the same: lost or refunded = the amount is out once, from the funds, as a
 * debt or as our loss; won or failed = nothing is out, nothing is held; returned = it went out and came back.
 */
export const bookingsAfter = (
  done: readonly HeldBookingKind[],
  result: OperationResult,
  isUncovered: boolean,
): readonly HeldBookingKind[] => {
  const isHeld = !isUncovered && done.includes('hold') && !done.includes('void') && !done.includes('post');
  const isOut = (['post', 'late_debit', 'debt', 'loss'] as const).some((kind) => done.includes(kind));
  switch (result) {
    case 'pending':
      return done.includes('hold') || isOut ? [] : ['hold'];
    case 'declined':
    case 'failed':
      return isHeld ? ['void'] : [];
    case 'succeeded':
      if (isOut) return [];
      // Whoever was paid may have funds by now, though they had none to hold.
      return isHeld ? ['post'] : ['late_debit'];
    case 'returned':
      if (isOut) return done.includes('return') ? [] : ['return'];
      return isHeld ? ['post', 'return'] : [];
    case 'sending':
    case 'errored':
    case 'unknown':
      return [];
    default:
      return assertNever(result);
  }
};

/** The ledger refused to hold or to take: whoever was paid is asked once more, then they owe it. */
export const recordRefusedBooking = (
  command: RecordRefused,
  { operations, refunds, disputes }: ExistingIntent,
): readonly IntentEvent[] => {
  const isAbout = (one: OperationState): boolean => command.bookingId.startsWith(`${holdReference(one)}:`);
  const operation = operations.find(isAbout);
  if (operation === undefined) return [];
  const refund = refunds.find((one) => one.operation.operationId === operation.operationId);
  if (refund !== undefined) return refusedOfRefund(command, operation, refund.bookings);
  const dispute = disputes.find(({ operationId }) => operationId === operation.operationId);
  return dispute === undefined ? [] : refusedOfDispute(command, operation, dispute);
};

/**
 * The hold was given back by somebody else: the refund is debited late. Where it came back meanwhile, the
 * wallet has its money again and is asked once more.
 */
const refusedOfRefund = (
  { bookingId, code, at }: RecordRefused,
  operation: OperationState,
  done: readonly HeldBookingKind[],
): readonly IntentEvent[] => {
  if (isKeyUsed(code) && isEnd(operation, bookingId)) return endedAgain({ bookingId, at }, operation, done);
  if (bookingId === lastId(operation, 'post', done)) {
    const isTaken = holdEndOf(code) === 'posted' || done.includes('late_debit') || done.includes('loss');
    return isTaken ? [] : [toBooking(operation, 'late_debit', at, done)];
  }
  const isFirst = bookingId === heldBookingId(operation, 'late_debit');
  const isSecond = bookingId === heldBookingId(operation, 'late_debit', 2);
  if (!(isFirst || isSecond) || done.includes('loss')) return [];
  const askedTwice = done.filter((kind) => kind === 'late_debit').length > 1;
  if (isFirst && askedTwice) return [];
  return [toBooking(operation, isFirst && hasMore(done) ? 'late_debit' : 'loss', at, done)];
};

/** What had been asked of the wallet before it had this: what came back, or was held until then. */
const hasMore = (done: readonly HeldBookingKind[]): boolean => done.includes('return') || isVoidedAgain(done);

/** The id of the last booking of this kind. */
const lastId = (operation: OperationState, kind: HeldBookingKind, done: readonly HeldBookingKind[]): string =>
  heldBookingId(operation, kind, Math.max(1, done.filter((each) => each === kind).length));

const isEnd = (operation: OperationState, bookingId: string): boolean =>
  (['post', 'void'] as const).some((kind) => {
    const first = heldBookingId(operation, kind);
    return bookingId === first || bookingId.startsWith(`${first}:`);
  });

/** The key was used for something else and the hold is still there: it is ended under the next one. */
const endedAgain = (
  { bookingId, at }: Pick<RecordRefused, 'bookingId' | 'at'>,
  operation: OperationState,
  done: readonly HeldBookingKind[],
): readonly IntentEvent[] => {
  const kind = (['post', 'void'] as const).find((one) => lastId(operation, one, done) === bookingId);
  if (kind === undefined) return [];
  const isTaken = (['late_debit', 'debt', 'loss'] as const).some((one) => done.includes(one));
  if (!isTaken) return [toBooking(operation, kind, at, done)];
  return kind === 'post' && done.includes('void') ? [] : [toBooking(operation, 'void', at, done)];
};

/**
 * A dispute's debit that the ledger refused is asked for late, then owed; see `refusedDebt`. As with refunds,
 * what came back meanwhile is in the wallet again, which is asked once more.
 */
const refusedOfDispute = (
  refused: RecordRefused,
  operation: OperationState,
  dispute: Dispute,
): readonly IntentEvent[] => {
  const { bookingId, code, at } = refused;
  const { disputeId, bookings: done } = dispute;
  const is = (kind: HeldBookingKind, nth = 1): boolean => heldBookingId(operation, kind, nth) === bookingId;
  const isLate = is('late_debit') || is('late_debit', 2);
  const isHeld = !dispute.isUncovered && isKeyUsed(code) && isEnd(operation, bookingId);
  if (isHeld) return endedAgain(refused, operation, done);
  const isPost = bookingId === lastId(operation, 'post', done);
  const debts = done.filter((kind) => kind === 'debt').length;
  if (debts > 0 && is('debt', debts)) return refusedDebt(refused, operation, done);
  if (!(is('hold') || isPost || isLate)) return refusedMove(dispute, refused);
  // Somebody else posted the hold: the money went where it belongs.
  if (isPost && holdEndOf(code) === 'posted') return [];
  const uncovered: IntentEvent[] = dispute.isUncovered ? [] : [{ type: 'DisputeUncovered', disputeId, at }];
  // What was asked for as taken, or has come back since, has to be taken from somebody.
  const isTaken = operation.result === 'succeeded' || done.includes('return');
  if (!isTaken || done.includes('loss') || done.includes('debt')) return uncovered;
  const lateDebits = done.filter((kind) => kind === 'late_debit').length;
  if (!isLate)
    return lateDebits > 0 ? uncovered : [...uncovered, toBooking(operation, 'late_debit', at, done)];
  if (is('late_debit') && lateDebits > 1) return uncovered;
  const isAgain = is('late_debit') && hasMore(done);
  return [...uncovered, toBooking(operation, isAgain ? 'late_debit' : 'debt', at, done)];
};

/**
 * The last debt was refused. For want of funds, the ledger doesn't know yet that debts may be negative (it is
 * of the version before): it is asked again, once it was told so. For another reason, it is our loss.
 */
const refusedDebt = (
  { code, isAgain = false, at }: RecordRefused,
  operation: OperationState,
  done: readonly HeldBookingKind[],
): readonly IntentEvent[] => {
  if (done.includes('loss') || (isForFunds(code) && !isAgain)) return [];
  return [toBooking(operation, isForFunds(code) ? 'debt' : 'loss', at, done)];
};
