import { withMove, withoutMove } from './debt.decider.js';
import { type Dispute, disputeAfter, escalated, withEvidence } from './dispute.js';
import type { HeldBookingKind } from './booking.js';
import type { IntentBooking } from './intent-booking.js';
import { statusOf } from './intent-machine.js';
import type { ExistingIntent, IntentEvent, PaymentIntent } from './intent.js';
import { evolveOperation, startOperation, withMember } from './operation.evolve.js';
import type { OperationEvent, OperationRequest, OperationState } from './operation.js';
import { step } from './machine.js';
import { type Refund, refundAfter } from './refund.js';
import { refundMachine } from './refund-machine.js';
import { shortageIn } from './shortage.js';

export const absentIntent: PaymentIntent = { status: 'absent' };

/** The intent after one event. Never throws, never decides; events of an absent intent change nothing. */
export const evolveIntent = (intent: PaymentIntent, event: IntentEvent): PaymentIntent => {
  if (event.type === 'PaymentIntentCreated') {
    const { type: _type, at: _at, ...facts } = event;
    const nothing = { operations: [], refunds: [], disputes: [], bookings: [] } as const;
    return withStatus({ ...facts, ...nothing, abandoned: [], isCanceled: false, capturedTwice: false });
  }
  return intent.status === 'absent' ? intent : withStatus(changed(intent, event));
};

type Shape = Omit<ExistingIntent, 'status'>;

const withStatus = (intent: Shape): ExistingIntent => ({ ...intent, status: statusOf(intent) });

const changed = (
  intent: ExistingIntent,
  event: Exclude<IntentEvent, { type: 'PaymentIntentCreated' }>,
): Shape => {
  switch (event.type) {
    case 'AttemptStarted':
    case 'CaptureStarted':
    case 'VoidStarted':
      return started(intent, event.operation);
    case 'PaymentIntentCanceled':
      return { ...intent, isCanceled: true };
    case 'AttemptAbandoned':
      return { ...intent, abandoned: withMember(intent.abandoned, event.operationId) };
    case 'SecondCaptureSeen':
      return { ...intent, capturedTwice: true };
    case 'RefundRequested': {
      const refund: Refund = { ...event.refund, status: 'reserving', bookings: [], refusedBecause: null };
      return { ...intent, refunds: [...intent.refunds, refund] };
    }
    case 'RefundQueued':
      return started(
        changedRefund(intent, event.refundId, (one) => ({
          ...one,
          status: step(refundMachine, one.status, 'hold placed'),
        })),
        event.operation,
      );
    case 'RefundRejected':
      return changedRefund(intent, event.refundId, (one) => ({
        ...one,
        status: step(refundMachine, one.status, 'hold refused'),
        refusedBecause: event.reason,
        ...shortageIn(event),
      }));
    case 'RetryAsked':
    case 'LookupAsked':
      return intent;
    case 'DisputeOpened':
      return started({ ...intent, disputes: [...intent.disputes, opened(event)] }, event.operation);
    case 'DisputeEvidenceSeen':
      return changedDispute(intent, event.disputeId, withEvidence);
    case 'DisputeUncovered':
      return changedDispute(intent, event.disputeId, (one) => ({ ...one, isUncovered: true }));
    case 'DisputeEscalated':
      return changedDispute(intent, event.disputeId, escalated);
    case 'DebtMoveRefused':
      return changedDispute(intent, event.disputeId, (one) => withoutMove(one, event));
    case 'BookingRequested':
      return booked(intent, event);
    default:
      // All that is left are events of an operation; anything else doesn't compile.
      return observed(intent, event);
  }
};

type Opening = Extract<IntentEvent, { readonly type: 'DisputeOpened' }>;

const opened = ({ disputeId, disputeRef, isInquiry, operation }: Opening): Dispute => ({
  ...{ disputeId, operationId: operation.operationId, bookings: [] },
  ...{ status: isInquiry === true ? 'inquiry' : 'opened' },
  ...(disputeRef !== undefined && { disputeRef }),
  ...(isInquiry === true && { isInquiry }),
  ...{ hasEvidence: false, isUncovered: false },
});

const started = <S extends Shape>(intent: S, operation: OperationRequest): S => ({
  ...intent,
  operations: [...intent.operations, startOperation(operation)],
});

const changedRefund = (
  intent: ExistingIntent,
  refundId: string,
  change: (refund: Refund) => Refund,
): ExistingIntent => ({
  ...intent,
  refunds: intent.refunds.map((one) => (one.refundId === refundId ? change(one) : one)),
});

const changedDispute = (
  intent: ExistingIntent,
  disputeId: string,
  change: (dispute: Dispute) => Dispute,
): ExistingIntent => ({
  ...intent,
  disputes: intent.disputes.map((one) => (one.disputeId === disputeId ? change(one) : one)),
});

/** A deposit is the intent's own booking; the others belong to the refund or dispute of their operation. */
const booked = (intent: ExistingIntent, booking: IntentBooking): Shape => {
  const { kind, bookingId, operationId, amountMinor = 0n } = booking;
  if (kind === 'deposit') return { ...intent, bookings: [...intent.bookings, bookingId] };
  const add = <T extends { readonly bookings: readonly HeldBookingKind[] }>(one: T): T => ({
    ...one,
    bookings: [...one.bookings, kind],
  });
  return {
    ...intent,
    refunds: intent.refunds.map((one) => (one.operation.operationId === operationId ? add(one) : one)),
    disputes: intent.disputes.map((one) => {
      if (one.operationId !== operationId) return one;
      if (kind === 'recovery') return withMove(add(one), { bookingId, amountMinor });
      return kind === 'repayment' ? withMove(add(one), { bookingId, amountMinor: -amountMinor }) : add(one);
    }),
  };
};

const observed = (intent: ExistingIntent, event: OperationEvent): Shape => {
  const operations = intent.operations.map((one) => applied(one, event));
  const result = operations.find(({ operationId }) => operationId === event.operationId)?.result;
  if (result === undefined) return intent;
  const isAbout = (operationId: string): boolean => operationId === event.operationId;
  return {
    ...intent,
    operations,
    refunds: intent.refunds.map((one) =>
      isAbout(one.operation.operationId) ? refundAfter(one, result) : one,
    ),
    disputes: intent.disputes.map((one) => (isAbout(one.operationId) ? disputeAfter(one, result) : one)),
  };
};

const applied = (operation: OperationState, event: OperationEvent): OperationState =>
  operation.operationId === event.operationId ? evolveOperation(operation, event) : operation;
