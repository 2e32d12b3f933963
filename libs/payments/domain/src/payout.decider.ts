/**
 * Decides about a payout. States and edges: payout-machine.ts. A hold is posted or given back once; what a
 * late
 * observation adds is booked so that wallet and provider agree with what was observed, never twice.
 */
import { accept, assertNever, type Decision, refuse } from '@defter/kernel';
import { type BookingKind, type BookingRequested, payoutBookingId } from './booking.js';
import { observeOperation } from './operation.decider.js';
import type { Observation, OperationEvent, OperationResult } from './operation.js';
import type { ExistingPayout, Payout, PayoutCommand, PayoutEvent, PayoutRefusal } from './payout.js';

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
      if (refusedBecause !== null) return accept({ type: 'PayoutRefused', reason: refusedBecause, at });
      return accept<PayoutEvent>({ type: 'PayoutRequested', at }, { type: 'PayoutReviewStarted', at });
    }
    case 'ApprovePayout':
      return approve(command, payout);
    case 'RejectPayout': {
      const { by, reason, at } = command;
      if (payoutStatus !== 'in_review') return refuse({ code: 'payout-not-in-review', payoutStatus });
      return accept<PayoutEvent>({ type: 'PayoutRejected', by, reason, at }, booking(payout, 'void', at));
    }
    case 'CancelPayout': {
      const { by, reason, at } = command;
      if (!isCancelable(payout)) return refuse({ code: 'payout-not-cancelable', payoutStatus });
      return accept<PayoutEvent>({ type: 'PayoutCanceled', by, reason, at }, booking(payout, 'void', at));
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
    default:
      return assertNever(command);
  }
};

/** Only while provably nothing has been sent. */
export const isCancelable = ({ status, submitted }: ExistingPayout): boolean =>
  status === 'in_review' || (status === 'queued' && !submitted);

/** Only `errored` may be sent again as it is. */
export const isRetryable = ({ status, operation }: ExistingPayout): boolean =>
  status === 'queued' && operation?.result === 'errored';

/** Resolving asks the provider; nobody writes an outcome. */
export const isResolvable = ({ status }: ExistingPayout): boolean =>
  status === 'unknown' || status === 'submitted' || status === 'in_transit';

const approve = (
  command: Extract<PayoutCommand, { type: 'ApprovePayout' }>,
  payout: ExistingPayout,
): PayoutDecision => {
  const { by, payloadHash, note, at, operation } = command;
  if (payout.status !== 'in_review')
    return refuse({ code: 'payout-not-in-review', payoutStatus: payout.status });
  if (!command.person) return refuse({ code: 'person-required' });
  if (by === payout.requestedBy) return refuse({ code: 'approver-is-requester' });
  if (payloadHash !== payout.payloadHash) return refuse({ code: 'payout-changed-since-review' });
  if (payout.approvals.some((approval) => approval.by === by))
    return refuse({ code: 'already-approved-by-you' });
  const given: PayoutEvent = { type: 'PayoutApprovalGiven', by, payloadHash, note, at };
  if (payout.approvals.length + 1 < payout.approvalsRequired) return accept(given);
  return accept<PayoutEvent>(given, { type: 'PayoutApproved', at }, { type: 'PayoutQueued', operation, at });
};

const observe = (payout: ExistingPayout, seen: Observation): PayoutDecision => {
  const { operation } = payout;
  if (operation === null || operation.operationId !== seen.operationId) {
    return refuse({ code: 'operation-unknown', operation: seen.operationId });
  }
  const learned = observeOperation(operation, seen);
  const result = resultAfter(learned, operation.result);
  const bookings = result === operation.result ? [] : bookingsFor(payout.bookings, result);
  return accept<PayoutEvent>(
    ...learned,
    ...(payout.submitted && seen.result === 'errored' && result === 'errored'
      ? [{ type: 'PayoutUnsent', operationId: seen.operationId, at: seen.at } as const]
      : []),
    ...bookings.map((kind) => booking(payout, kind, seen.at)),
  );
};

const resultAfter = (learned: readonly OperationEvent[], before: OperationResult): OperationResult =>
  learned.reduce<OperationResult>((last, event) => ('result' in event ? event.result : last), before);

/**
 * What the ledger still has to book so that the wallet shows `result`, given what was booked before. Whatever
 * came
 * first, the net is the same: paid = amount out; declined, failed and returned = nothing out.
 */
export const bookingsFor = (
  done: readonly BookingKind[],
  result: OperationResult,
): readonly BookingKind[] => {
  const isOut = done.includes('post') || done.includes('late_debit');
  const isVoid = done.includes('void');
  switch (result) {
    case 'declined':
    case 'failed':
      return isVoid || isOut ? [] : ['void'];
    case 'succeeded':
      if (isOut) return [];
      return isVoid ? ['late_debit'] : ['post'];
    case 'returned':
      if (done.includes('return')) return [];
      if (isOut) return ['return'];
      // Given back before it was paid and returned: the wallet has its money, in and out cancel each other.
      return isVoid ? [] : ['post', 'return'];
    case 'sending':
    case 'errored':
    case 'unknown':
    case 'pending':
      return [];
    default:
      return assertNever(result);
  }
};

const booking = (payout: ExistingPayout, kind: BookingKind, at: string): BookingRequested => ({
  type: 'BookingRequested',
  bookingId: payoutBookingId(payout.payoutId, kind),
  kind,
  operationId: payout.operation?.operationId ?? null,
  at,
});
