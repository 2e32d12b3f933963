/**
 * Decides about disputes, and books what refunds and disputes take. Only the provider's events and look-ups
 * move a dispute. Its funds are held when it opens; where the ledger has none to hold, whoever was paid is
 * asked again when it is lost (`late_debit`), and only what they don't have then is our loss: the money has
 * left the provider's account either way.
 */
import { accept, assertNever, type Decision, refuse } from '@defter/kernel';
import type { HeldBookingKind } from './booking.js';
import type { Dispute } from './dispute.js';
import { heldBookingId, holdReference, type IntentBooking } from './intent-booking.js';
import { evolveIntent } from './intent.evolve.js';
import type { ExistingIntent, IntentCommand, IntentEvent, IntentRefusal, ObserveDispute } from './intent.js';
import { observeOperation } from './operation.decider.js';
import type { OperationRequest, OperationResult, OperationState } from './operation.js';
import { holdEndOf } from './payout-books.js';
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
  const { dispute, operation } = known;
  const seen = { ...observation, operationId: operation.operationId };
  const learned = observeOperation(operation, seen);
  const result = learned.reduce((last, event) => ('result' in event ? event.result : last), operation.result);
  const evidence: IntentEvent[] =
    command.isEvidence && !dispute.hasEvidence
      ? [{ type: 'DisputeEvidenceSeen', disputeId: dispute.disputeId, at: seen.at }]
      : [];
  const bookings =
    result === operation.result ? [] : bookGivenBack(after, operation, { result, at: seen.at });
  return accept<IntentEvent>(...opening, ...learned, ...evidence, ...bookings);
};

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
  const named = { disputeId, ...(disputeRef !== undefined && { disputeRef }) };
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
 * Whatever came first, the net is the same: lost or refunded = the amount is out once, from the funds or as
 * our loss; won or failed = nothing is out, nothing is held; returned = it went out and came back.
 */
export const bookingsAfter = (
  done: readonly HeldBookingKind[],
  result: OperationResult,
  isUncovered: boolean,
): readonly HeldBookingKind[] => {
  const isHeld = !isUncovered && done.includes('hold') && !done.includes('void') && !done.includes('post');
  const isOut = done.includes('post') || done.includes('late_debit') || done.includes('loss');
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

/** The ledger refused to hold or to take: whoever was paid is asked once more, then the loss is ours. */
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
  if (bookingId === heldBookingId(operation, 'post')) {
    const isTaken = holdEndOf(code) === 'posted' || done.includes('late_debit') || done.includes('loss');
    return isTaken ? [] : [toBooking(operation, 'late_debit', at, done)];
  }
  const isFirst = bookingId === heldBookingId(operation, 'late_debit');
  const isSecond = bookingId === heldBookingId(operation, 'late_debit', 2);
  if (!(isFirst || isSecond) || done.includes('loss')) return [];
  const askedTwice = done.filter((kind) => kind === 'late_debit').length > 1;
  if (isFirst && askedTwice) return [];
  return [toBooking(operation, isFirst && done.includes('return') ? 'late_debit' : 'loss', at, done)];
};

const refusedOfDispute = (
  { bookingId, code, at }: RecordRefused,
  operation: OperationState,
  { disputeId, bookings: done, isUncovered }: Dispute,
): readonly IntentEvent[] => {
  const kind = (['hold', 'post', 'late_debit'] as const).find(
    (each) => heldBookingId(operation, each) === bookingId,
  );
  // Somebody else posted the hold: the money went where it belongs.
  if (kind === undefined || (kind === 'post' && holdEndOf(code) === 'posted')) return [];
  const uncovered: IntentEvent[] = isUncovered ? [] : [{ type: 'DisputeUncovered', disputeId, at }];
  if (operation.result !== 'succeeded' || done.includes('loss')) return uncovered;
  if (kind === 'late_debit') return [...uncovered, toBooking(operation, 'loss', at, done)];
  if (done.includes('late_debit')) return uncovered;
  return [...uncovered, toBooking(operation, 'late_debit', at, done)];
};
