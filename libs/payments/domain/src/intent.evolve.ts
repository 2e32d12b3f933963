import { type ExistingIntent, type IntentEvent, type IntentStatus, type PaymentIntent } from './intent.js';
import { evolveOperation, startOperation } from './operation.evolve.js';
import type { OperationEvent, OperationState } from './operation.js';

export const absentIntent: PaymentIntent = { status: 'absent' };

/** The intent after one event. Never throws, never decides; events of an absent intent change nothing. */
export const evolveIntent = (intent: PaymentIntent, event: IntentEvent): PaymentIntent => {
  if (event.type === 'PaymentIntentCreated') {
    const { type: _type, at: _at, ...facts } = event;
    return {
      ...facts,
      status: 'requires_payment_method',
      operations: [],
      bookings: [],
      capturedTwice: false,
    };
  }
  return intent.status === 'absent' ? intent : changed(intent, event);
};

const changed = (intent: ExistingIntent, event: Exclude<IntentEvent, { type: 'PaymentIntentCreated' }>) => {
  switch (event.type) {
    case 'AttemptStarted':
      return withStatus({ ...intent, operations: [...intent.operations, startOperation(event.operation)] });
    case 'PaymentIntentCanceled':
      return { ...intent, status: 'canceled' } as const;
    case 'SecondCaptureSeen':
      return { ...intent, capturedTwice: true };
    case 'BookingRequested':
      return { ...intent, bookings: [...intent.bookings, event.bookingId] };
    default:
      // All that is left are events of an operation; anything else doesn't compile.
      return withStatus({ ...intent, operations: intent.operations.map((held) => applied(held, event)) });
  }
};

const applied = (operation: OperationState, event: OperationEvent): OperationState =>
  operation.operationId === event.operationId ? evolveOperation(operation, event) : operation;

const withStatus = (intent: ExistingIntent): ExistingIntent => ({ ...intent, status: statusOf(intent) });

/** A function of the operations alone, so that the order in which they became so doesn't matter. */
const statusOf = ({ status, operations }: ExistingIntent): IntentStatus => {
  const results = operations.map(({ result }) => result);
  if (results.some((result) => result === 'succeeded' || result === 'returned')) return 'succeeded';
  if (status === 'canceled') return 'canceled';
  if (results.includes('unknown')) return 'unknown';
  const open = results.some((result) => result === 'sending' || result === 'errored' || result === 'pending');
  return open ? 'processing' : 'requires_payment_method';
};
