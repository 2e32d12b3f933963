/**
 * Decides about a payout. States and edges: payout-machine.ts; what people decide before it is sent:
 * payout-review.decider.ts. A hold is ended once; what a late observation, or a refusal of the ledger, adds
 * is booked so that the wallet agrees with what was observed (payout-books.ts), never twice.
 */
import { accept, assertNever, type Decision, refuse } from '@defter/kernel';
import { type BookingKind, type BookingRequested, payoutBookingId } from './booking.js';
import { observeOperation } from './operation.decider.js';
import type { Observation, OperationEvent, OperationResult } from './operation.js';
import {
  bookingIdsOf,
  holdEndOf,
  isKeyUsed,
  missingBookings,
  replacements,
  targetOf,
  targetOfResult,
} from './payout-books.js';
import {
  decideApproval,
  decideAssignment,
  decideHold,
  decideRelease,
  decideRevision,
  isReviewable,
} from './payout-review.decider.js';
import type { ExistingPayout, Payout, PayoutCommand, PayoutEvent, PayoutRefusal } from './payout.js';
import { shortageIn } from './shortage.js';

export type PayoutDecision = Decision<PayoutEvent, PayoutRefusal>;

/** Decides one command; an observation that says nothing new is accepted with no events. */
export const decidePayout = (command: PayoutCommand, payout: Payout): PayoutDecision => {
  if (command.type === 'ClaimPayout') {
    if (payout.status !== 'absent') return refuse({ code: 'payout-exists' });
    return accept({ ...command, type: 'PayoutClaimed' });
  }
  if (payout.status === 'absent') return refuse({ code: 'payout-absent' });
  const { status: payoutStatus } = payout;
  switch (command.type) {
    case 'RecordHold': {
      const { refusedBecause, at } = command;
      if (payoutStatus !== 'reserving') return refuse({ code: 'payout-not-reserving', payoutStatus });
      if (refusedBecause !== null)
        return accept({ type: 'PayoutRefused', reason: refusedBecause, ...shortageIn(command), at });
      return accept<PayoutEvent>({ type: 'PayoutRequested', at }, { type: 'PayoutReviewStarted', at });
    }
    case 'AssignPayout':
      return decideAssignment(command, payout);
    case 'ApprovePayout':
      return decideApproval(command, payout);
    case 'HoldPayout':
      return decideHold(command, payout);
    case 'ReleasePayout':
      return decideRelease(command, payout);
    case 'RevisePayout':
      return decideRevision(command, payout);
    case 'RejectPayout': {
      const { by, reason, at } = command;
      if (!isReviewable(payout)) return refuse({ code: 'payout-not-in-review', payoutStatus });
      return accept<PayoutEvent>({ type: 'PayoutRejected', by, reason, at }, ...givenBack(payout, at));
    }
    case 'CancelPayout': {
      const { by, reason, at } = command;
      if (!isCancelable(payout)) return refuse({ code: 'payout-not-cancelable', payoutStatus });
      const canceled: PayoutEvent = { type: 'PayoutCanceled', by, reason, at };
      return accept<PayoutEvent>(canceled, ...neverSent(payout, at), ...givenBack(payout, at));
    }
    case 'SubmitPayout': {
      // Sent before, and the provider provably has nothing: the same operation goes out once more.
      if (payoutStatus === 'submitted' || payoutStatus === 'unknown') return accept();
      if (payoutStatus !== 'queued') return refuse({ code: 'payout-not-submittable', payoutStatus });
      return accept({ type: 'PayoutSubmitted', operationId: command.operationId, at: command.at });
    }
    case 'RetryPayout': {
      if (!isRetryable(payout)) return refuse({ code: 'payout-not-retryable', payoutStatus });
      return accept({ type: 'PayoutRetryAsked', by: command.by, at: command.at });
    }
    case 'ResolvePayout': {
      if (!isResolvable(payout)) return refuse({ code: 'payout-not-resolvable', payoutStatus });
      return accept({ type: 'PayoutLookupAsked', by: command.by, at: command.at });
    }
    case 'ObserveOperation':
      return observe(payout, command.observation);
    case 'RecordRefusedBooking':
      return recordRefusal(payout, command);
    default:
      return assertNever(command);
  }
};

/** Only while provably nothing has been sent. */
export const isCancelable = ({ status, submitted }: ExistingPayout): boolean =>
  status === 'in_review' || status === 'on_hold' || (status === 'queued' && !submitted);

/** What was approved and canceled before anybody sent it ends as what it is: provably never sent. */
const neverSent = ({ operation }: ExistingPayout, at: string): readonly PayoutEvent[] =>
  operation?.result === 'sending'
    ? [
        {
          ...{ type: 'OperationErrored', operationId: operation.operationId, result: 'errored' },
          ...{ source: 'command', providerRef: null, declineCode: null, at },
        },
      ]
    : [];

/** Only `errored` may be sent again as it is. */
export const isRetryable = ({ status, operation }: ExistingPayout): boolean =>
  status === 'queued' && operation?.result === 'errored';

/** Resolving asks the provider; nobody writes an outcome. */
export const isResolvable = ({ status, operation }: ExistingPayout): boolean =>
  status === 'submitted' || operation?.result === 'unknown' || operation?.result === 'pending';

const observe = (payout: ExistingPayout, seen: Observation): PayoutDecision => {
  const { operation } = payout;
  if (operation === null || operation.operationId !== seen.operationId) {
    return refuse({ code: 'operation-unknown', operation: seen.operationId });
  }
  const learned = observeOperation(operation, seen);
  const result = resultAfter(learned, operation.result);
  const target = result === operation.result ? undefined : targetOfResult(result);
  return accept<PayoutEvent>(
    ...learned,
    ...(payout.submitted && seen.result === 'errored' && result === 'errored'
      ? [{ type: 'PayoutUnsent', operationId: seen.operationId, at: seen.at } as const]
      : []),
    ...(target === undefined ? [] : requested(payout, missingBookings(payout, target), seen.at)),
  );
};

const resultAfter = (learned: readonly OperationEvent[], before: OperationResult): OperationResult =>
  learned.reduce<OperationResult>((last, event) => ('result' in event ? event.result : last), before);

/**
 * A booking that the ledger refused because somebody else had ended the hold is made good by another one,
 * when the money isn't where it belongs; an end of the hold whose key was used by the same under the next; a
 * late debit without funds by a loss. Any other refusal is for people: what would be asked for next would be
 * refused as well.
 */
const recordRefusal = (
  payout: ExistingPayout,
  { bookingId, code, at }: Extract<PayoutCommand, { type: 'RecordRefusedBooking' }>,
): PayoutDecision => {
  if (!bookingIdsOf(payout).includes(bookingId)) return accept();
  const target = targetOf(payout);
  const holdEnd = holdEndOf(code);
  if (payout.refusedBookings.includes(bookingId)) {
    // Told again: a process of before didn't know that the hold can be ended under another key.
    const again = target === undefined ? [] : replacements(payout, { bookingId, code, holdEnd }, target);
    return accept<PayoutEvent>(...(isKeyUsed(code) ? requested(payout, again, at) : []));
  }
  const refused: PayoutEvent = { type: 'BookingRefused', bookingId, code, holdEnd, at };
  if (target === undefined) return accept(refused);
  const books = {
    ...payout,
    refusedBookings: [...payout.refusedBookings, bookingId],
    holdEndedByOthers: holdEnd ?? payout.holdEndedByOthers,
  };
  return accept<PayoutEvent>(refused, ...requested(payout, replacements(books, refused, target), at));
};

const givenBack = (payout: ExistingPayout, at: string): readonly PayoutEvent[] =>
  requested(payout, missingBookings(payout, 'in the wallet'), at);

/** Each the next one of its kind. */
const requested = (
  { payoutId, bookings, operation }: ExistingPayout,
  kinds: readonly BookingKind[],
  at: string,
): readonly BookingRequested[] =>
  kinds.map((kind, index) => {
    const before = [...bookings, ...kinds.slice(0, index)].filter((each) => each === kind).length;
    const bookingId = payoutBookingId(payoutId, kind, before + 1);
    return { type: 'BookingRequested', bookingId, kind, operationId: operation?.operationId ?? null, at };
  });
