import { describe, it } from '@jest/globals';
import { specify } from '@defter/kernel';
import { absentIntent, decideIntent, evolveIntent, type IntentEvent } from './index.js';
import { AT, intentFacts, intentStarted, operation, seen } from './testing/samples.js';

const { given } = specify({ decide: decideIntent, evolve: evolveIntent, initial: absentIntent });
const observe = (...args: Parameters<typeof seen>) =>
  ({ type: 'ObserveOperation', observation: seen(...args) }) as const;
const heard = (type: string, result: string, change: object = {}): IntentEvent =>
  ({
    type,
    operationId: 'op_1',
    result,
    source: 'webhook',
    providerRef: 'ref_1',
    declineCode: null,
    at: AT,
    ...change,
  }) as IntentEvent;
const booked = (operationId = 'op_1'): IntentEvent => ({
  type: 'BookingRequested',
  bookingId: `deposit:${operationId}`,
  kind: 'deposit',
  operationId,
  at: AT,
});

describe('a payment intent', () => {
  it('is created once', () => {
    given()
      .when({ type: 'CreateIntent', ...intentFacts, at: AT })
      .thenAccepted({
        type: 'PaymentIntentCreated',
        ...intentFacts,
        at: AT,
      });
    given(...intentStarted)
      .when({ type: 'CreateIntent', ...intentFacts, at: AT })
      .thenRefused({ code: 'intent-exists' });
  });

  it('books a captured attempt, once', () => {
    given(...intentStarted)
      .when(observe('succeeded'))
      .thenAccepted(heard('OperationSucceeded', 'succeeded'), booked());
    given(...intentStarted, heard('OperationSucceeded', 'succeeded'), booked())
      .when(observe('succeeded', { source: 'answer' }))
      .thenAccepted();
  });

  it('takes a time-out for unknown, and unknown bars another attempt', () =>
    given(...intentStarted, heard('OperationUnknown', 'unknown'))
      .when({ type: 'StartAttempt', operation: operation('sale', 'op_2') })
      .thenRefused({ code: 'attempt-unknown', operation: 'op_1' }));

  it('bars a second attempt while one is open', () =>
    given(...intentStarted)
      .when({ type: 'StartAttempt', operation: operation('sale', 'op_2') })
      .thenRefused({ code: 'attempt-in-progress', operation: 'op_1' }));

  it('allows a second attempt after a decline', () =>
    given(...intentStarted, heard('OperationDeclined', 'declined'))
      .when({ type: 'StartAttempt', operation: operation('sale', 'op_2') })
      .thenAccepted({ type: 'AttemptStarted', operation: operation('sale', 'op_2'), at: AT }));

  it('books a success that comes after a failure, and flags it', () =>
    given(...intentStarted, heard('OperationFailed', 'failed'))
      .when(observe('succeeded'))
      .thenAccepted(
        heard('OperationSucceeded', 'succeeded'),
        {
          type: 'OperationQuarantined',
          operationId: 'op_1',
          reason: 'failed-and-succeeded',
          source: 'webhook',
          at: AT,
        },
        booked(),
      ));

  it('quarantines a capture that differs by one kuruş, and books nothing', () =>
    given(...intentStarted)
      .when(observe('succeeded', { echoed: { amountMinor: 999n, currency: 'TRY' } }))
      .thenAccepted(heard('OperationUnknown', 'unknown'), {
        type: 'OperationQuarantined',
        operationId: 'op_1',
        reason: 'amount-mismatch',
        source: 'webhook',
        at: AT,
      }));

  it('books a second captured attempt too, and says so', () =>
    given(
      ...intentStarted,
      heard('OperationFailed', 'failed'),
      { type: 'AttemptStarted', operation: operation('sale', 'op_2'), at: AT },
      heard('OperationSucceeded', 'succeeded', { operationId: 'op_2' }),
      booked('op_2'),
    )
      .when(observe('succeeded'))
      .thenAccepted(
        heard('OperationSucceeded', 'succeeded'),
        {
          type: 'OperationQuarantined',
          operationId: 'op_1',
          reason: 'failed-and-succeeded',
          source: 'webhook',
          at: AT,
        },
        booked(),
        { type: 'SecondCaptureSeen', operationId: 'op_1', at: AT },
      ));

  it('knows no operation of another intent', () =>
    given(...intentStarted)
      .when(observe('succeeded', { operationId: 'op_9' }))
      .thenRefused({ code: 'operation-unknown', operation: 'op_9' }));
});
