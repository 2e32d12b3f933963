import {
  absentIntent,
  decideIntent,
  type ExistingIntent,
  type IntentBooking,
  type IntentCommand,
  type IntentEvent,
  type ObservedResult,
  type PaymentIntent,
} from '../index.js';
import { AT, intentFacts, operation, seen } from './samples.js';
import { apply, replay } from './tellings.js';

const heard = (operationId: string): IntentEvent =>
  ({
    ...{ type: 'OperationSucceeded', operationId, result: 'succeeded', source: 'answer' },
    ...{ providerRef: null, declineCode: null, at: AT },
  }) as IntentEvent;
export const paid: readonly IntentEvent[] = [
  { type: 'PaymentIntentCreated', ...intentFacts, at: AT },
  { type: 'AttemptStarted', operation: operation('sale', 'op_s'), at: AT },
  heard('op_s'),
];
const refund = { ...operation('refund', 'op_r'), amountMinor: 300n, parentOperationId: 'op_s' };
export const refunding: readonly IntentEvent[] = [
  ...paid,
  {
    type: 'RefundRequested',
    refund: { refundId: 're_1', operation: refund, requestedBy: 'a', reason: null, metadata: {} },
    at: AT,
  },
  { type: 'RefundQueued', refundId: 're_1', operation: refund, at: AT },
];
export const refunds = (result: ObservedResult): IntentCommand => ({
  type: 'ObserveOperation',
  observation: seen(result, { operationId: 'op_r', providerRef: null, echoed: null }),
});
export const disputed = (result: ObservedResult): IntentCommand => {
  const { operationId: _, ...observation } = seen(result);
  return {
    ...{ type: 'ObserveDispute', disputedOperationId: 'op_s', disputeId: 'du_1', operationId: 'op_d' },
    ...{ amountMinor: 1000n, observation },
  };
};
export const refused = (bookingId: string, code = 'insufficient-funds'): IntentCommand => ({
  ...{ type: 'RecordRefusedBooking', bookingId, code, at: AT },
});
export const at = (events: readonly IntentEvent[], ...commands: readonly IntentCommand[]): ExistingIntent => {
  const intent = commands.reduce(apply, replay(events, absentIntent));
  if (intent.status === 'absent') throw new Error('absent');
  return intent;
};
export const bookedBy = (intent: PaymentIntent, command: IntentCommand): readonly IntentBooking[] => {
  const decision = decideIntent(command, intent);
  if (!decision.accepted) throw new Error(decision.refusal.code);
  return decision.events.filter((event) => event.type === 'BookingRequested');
};
export const idsBy = (intent: PaymentIntent, command: IntentCommand) =>
  bookedBy(intent, command).map(({ bookingId }) => bookingId);
