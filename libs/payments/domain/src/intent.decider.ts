/**
 * Decides about a payment intent. States and edges: intent-machine.ts, refund-machine.ts, dispute-machine.ts;
 * how it is canceled, and attempts given up: cancel.decider.ts.
 * At most one call that charges is open; an `unknown` one bars every other, because it may have charged. A
 * captured operation is booked once, whichever observation says so first; a second captured attempt is booked
 * too (the money is there) and flagged.
 */
import { accept, assertNever, type Decision, refuse } from '@defter/kernel';
import { depositBookingId } from './booking.js';
import { collectDebt } from './debt.decider.js';
import { bookGivenBack, observeChargeback, observeDispute, recordRefusedBooking } from './dispute.decider.js';
import type { IntentBooking } from './intent-booking.js';
import { abandonAttempt, askAboutAbandoned, cancelIntent } from './cancel.decider.js';
import { barredFromAttempt, barredFromCapture, barredFromCharging } from './intent-barred.js';
import { capturableMinor, capturesOf, liveAuthorizations } from './intent-money.js';
import type {
  CaptureIntent,
  ExistingIntent,
  IntentCommand,
  IntentEvent,
  IntentRefusal,
  PaymentIntent,
} from './intent.js';
import { followUp, isResolvable } from './follow-up.js';
import { observeOperation } from './operation.decider.js';
import { type Observation, type OperationRequest, type OperationState } from './operation.js';
import { providerFeeMinor } from './rate-card.js';
import { recordRefundHold, requestRefund, resolveRefund, retryRefund } from './refund.decider.js';
import { splitGross, undivided } from './split.js';

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
      const barred = barredFromCharging(intent) ?? barredFromAttempt(intent);
      if (barred !== undefined) return refuse(barred);
      const { operation } = command;
      return accept({ type: 'AttemptStarted', operation, at: operation.at });
    }
    case 'CaptureIntent':
      return capture(command, intent);
    case 'CancelIntent':
      return cancelIntent(command, intent);
    case 'AbandonAttempt':
      return abandonAttempt(command, intent);
    case 'ResolveIntent': {
      const { by, at } = command;
      const operationIds = resolvableOf(intent).map(({ operationId }) => operationId);
      return operationIds.length === 0
        ? refuse({ code: 'nothing-to-resolve' })
        : accept({ type: 'LookupAsked', operationIds, by, at });
    }
    case 'RequestRefund':
      return requestRefund(command, intent);
    case 'RecordRefundHold':
      return recordRefundHold(command, intent);
    case 'RetryRefund':
      return retryRefund(command, intent);
    case 'ResolveRefund':
      return resolveRefund(command, intent);
    case 'ObserveDispute':
      return observeDispute(command, intent);
    case 'CollectDebt':
      return accept(...collectDebt(command, intent));
    case 'RecordRefusedBooking':
      return accept(...recordRefusedBooking(command, intent));
    case 'ObserveOperation':
      return observe(intent, command.observation);
    default:
      return assertNever(command);
  }
};

/** Charges and disputes whose outcome the provider can be asked for; refunds are asked about one by one. */
export const resolvableOf = ({ operations }: ExistingIntent): readonly OperationState[] =>
  operations.filter((one) => one.kind !== 'refund' && isResolvable(one));

const capture = (command: CaptureIntent, intent: ExistingIntent): IntentDecision => {
  const barred = barredFromCharging(intent) ?? barredFromCapture(intent);
  if (barred !== undefined) return refuse(barred);
  const { authorization, leftMinor } = chooseAuthorization(command, intent);
  const amountMinor = command.amountMinor ?? leftMinor;
  if (amountMinor > leftMinor)
    return refuse({ code: 'capture-above-authorized', capturableMinor: leftMinor });
  const { operationId, rateCard, at } = command;
  const operation: OperationRequest = {
    ...followUp(authorization, { operationId, at }),
    kind: 'capture',
    amountMinor,
    feeMinor: providerFeeMinor(amountMinor, rateCard),
    rateCardVersion: rateCard.version,
    split: intent.merchantId === null ? undivided(amountMinor) : splitGross(amountMinor, 0n, rateCard),
  };
  return accept({ type: 'CaptureStarted', operation, at });
};

/** The first live authorisation with enough left, else the one that has most. */
const chooseAuthorization = ({ amountMinor }: CaptureIntent, intent: ExistingIntent) => {
  const live = liveAuthorizations(intent).map((authorization) => ({
    authorization,
    leftMinor: capturableMinor(intent, authorization),
  }));
  const most = live.reduce((best, one) => (one.leftMinor > best.leftMinor ? one : best));
  return live.find(({ leftMinor }) => amountMinor !== null && leftMinor >= amountMinor) ?? most;
};

const observe = (intent: ExistingIntent, seen: Observation): IntentDecision => {
  const operation = intent.operations.find(({ operationId }) => operationId === seen.operationId);
  if (operation === undefined) return refuse({ code: 'operation-unknown', operation: seen.operationId });
  const { kind } = operation;
  if (kind === 'chargeback') return accept(...observeChargeback(intent, operation, seen));
  const learned = observeOperation(operation, seen);
  const result = learned.reduce((last, event) => ('result' in event ? event.result : last), operation.result);
  if (result === operation.result) return accept<IntentEvent>(...learned);
  if (kind === 'refund') {
    return accept<IntentEvent>(...learned, ...bookGivenBack(intent, operation, { result, at: seen.at }));
  }
  const isCapture = result === 'succeeded' && (kind === 'sale' || kind === 'capture');
  return accept<IntentEvent>(
    ...learned,
    ...(isCapture ? captureSeen(intent, operation, seen.at) : []),
    ...askAboutAbandoned(intent, operation, { result, at: seen.at }),
  );
};

const captureSeen = (
  intent: ExistingIntent,
  operation: OperationState,
  at: string,
): readonly IntentEvent[] => {
  const { operationId } = operation;
  const bookingId = depositBookingId(operationId);
  if (intent.bookings.includes(bookingId)) return [];
  const booking: IntentBooking = { type: 'BookingRequested', bookingId, kind: 'deposit', operationId, at };
  const attempt = attemptOf(operation);
  const isSecond = !intent.capturedTwice && capturesOf(intent).some((one) => attemptOf(one) !== attempt);
  return isSecond ? [booking, { type: 'SecondCaptureSeen', operationId, at }] : [booking];
};

/** Several captures of one authorisation are one attempt. */
const attemptOf = ({ parentOperationId, operationId }: OperationState): string =>
  parentOperationId ?? operationId;
