/**
 * Decides about a payment intent. States and edges: intent-machine.ts. At most one attempt is open; an
 * `unknown` one
 * blocks every other, because it may have charged. A captured operation is booked once, whichever observation
 * says
 * so first; a second captured one is booked too (the money is there) and flagged.
 */
import { accept, assertNever, type Decision, refuse } from '@defter/kernel';
import { type BookingRequested, depositBookingId } from './booking.js';
import type { ExistingIntent, IntentCommand, IntentEvent, IntentRefusal, PaymentIntent } from './intent.js';
import { observeOperation } from './operation.decider.js';
import { isSettled, type Observation, type OperationEvent } from './operation.js';

export type IntentDecision = Decision<IntentEvent, IntentRefusal>;

/** Decides one command; an observation that says nothing new is accepted with no events. */
export const decideIntent = (command: IntentCommand, intent: PaymentIntent): IntentDecision => {
  if (command.type === 'CreateIntent') {
    if (intent.status !== 'absent') return refuse({ code: 'intent-exists' });
    return accept({ ...command, type: 'PaymentIntentCreated' });
  }
  if (intent.status === 'absent') return refuse({ code: 'intent-absent' });
  switch (command.type) {
    case 'StartAttempt': {
      const open = barredBy(intent);
      if (open !== undefined) return refuse(open);
      const { operation } = command;
      return accept({ type: 'AttemptStarted', operation, at: operation.at });
    }
    case 'CancelIntent': {
      const open = barredBy(intent);
      if (open !== undefined) return refuse(open);
      return accept({ type: 'PaymentIntentCanceled', by: command.by, at: command.at });
    }
    case 'ObserveOperation':
      return observe(intent, command.observation);
    default:
      return assertNever(command);
  }
};

const barredBy = (intent: ExistingIntent): IntentRefusal | undefined => {
  const open = intent.operations.find(({ result }) => !isSettled(result));
  if (open?.result === 'unknown') return { code: 'attempt-unknown', operation: open.operationId };
  if (open !== undefined) return { code: 'attempt-in-progress', operation: open.operationId };
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    return { code: 'intent-settled', status: intent.status };
  }
  return undefined;
};

const observe = (intent: ExistingIntent, seen: Observation): IntentDecision => {
  const operation = intent.operations.find(({ operationId }) => operationId === seen.operationId);
  if (operation === undefined) return refuse({ code: 'operation-unknown', operation: seen.operationId });
  const learned = observeOperation(operation, seen);
  const captured = learned.some(isCapture);
  return accept<IntentEvent>(...learned, ...(captured ? captureOf(intent, seen) : []));
};

const isCapture = (event: OperationEvent): boolean => event.type === 'OperationSucceeded';

const captureOf = (intent: ExistingIntent, { operationId, at }: Observation): readonly IntentEvent[] => {
  const bookingId = depositBookingId(operationId);
  if (intent.bookings.includes(bookingId)) return [];
  const booking: BookingRequested = { type: 'BookingRequested', bookingId, kind: 'deposit', operationId, at };
  const isSecond = intent.bookings.length > 0 && !intent.capturedTwice;
  return isSecond ? [booking, { type: 'SecondCaptureSeen', operationId, at }] : [booking];
};
