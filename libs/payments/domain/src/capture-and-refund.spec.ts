import { describe, expect, it } from '@jest/globals';
import { specify } from '@defter/kernel';
import {
  absentIntent,
  decideIntent,
  evolveIntent,
  type IntentCommand,
  type IntentEvent,
  type ObservedResult,
} from './index.js';
import { AT, intentFacts, operation, rateCard } from './testing/samples.js';

const { given } = specify({ decide: decideIntent, evolve: evolveIntent, initial: absentIntent });
const heard = (type: string, result: ObservedResult, operationId: string): IntentEvent =>
  ({
    type,
    operationId,
    result,
    source: 'answer',
    providerRef: null,
    declineCode: null,
    at: AT,
  }) as IntentEvent;
const authorized: readonly IntentEvent[] = [
  { type: 'PaymentIntentCreated', ...intentFacts, captureMethod: 'manual', at: AT },
  { type: 'AttemptStarted', operation: operation('authorize', 'op_a'), at: AT },
  heard('OperationSucceeded', 'succeeded', 'op_a'),
];
const capture = (amountMinor: bigint | null): IntentCommand => ({
  ...{ type: 'CaptureIntent', operationId: 'op_c', amountMinor, rateCard, at: AT },
});
const captureStarted: IntentEvent = {
  type: 'CaptureStarted',
  operation: { ...operation('capture', 'op_b'), amountMinor: 400n, parentOperationId: 'op_a' },
  at: AT,
};
const paid: readonly IntentEvent[] = [
  { type: 'PaymentIntentCreated', ...intentFacts, at: AT },
  { type: 'AttemptStarted', operation: operation('sale', 'op_s'), at: AT },
  heard('OperationSucceeded', 'succeeded', 'op_s'),
];
const refund = (amountMinor: bigint | null, change: object = {}): IntentCommand => ({
  ...{ type: 'RequestRefund', refundId: 're_1', operationId: 'op_r', of: null, amountMinor },
  ...{ reason: null, metadata: {}, by: 'a', at: AT },
  ...change,
});
/** Decides, and gives the only event of the decision. */
const decided = (history: readonly IntentEvent[], command: IntentCommand): IntentEvent => {
  const decision = decideIntent(command, history.reduce(evolveIntent, absentIntent));
  if (!decision.accepted) throw new Error(decision.refusal.code);
  const [event, ...more] = decision.events;
  expect(more).toEqual([]);
  if (event === undefined) throw new Error('no event');
  return event;
};

describe('a capture', () => {
  it('takes what is authorised and not one kuruş more', () => {
    expect(decided(authorized, capture(1000n))).toMatchObject({
      operation: { amountMinor: 1000n, feeMinor: 25n },
    });
    given(...authorized)
      .when(capture(1001n))
      .thenRefused({ code: 'capture-above-authorized', capturableMinor: 1000n });
  });

  it('after a part takes the rest', () => {
    const part = [...authorized, captureStarted, heard('OperationSucceeded', 'succeeded', 'op_b')];
    expect(decided(part, capture(null))).toMatchObject({
      type: 'CaptureStarted',
      operation: { amountMinor: 600n },
    });
    given(...part)
      .when(capture(601n))
      .thenRefused({ code: 'capture-above-authorized', capturableMinor: 600n });
  });

  it('ends the intent where the provider releases what the first capture leaves', () => {
    const [created, , succeeded] = authorized;
    if (created === undefined || succeeded === undefined) throw new Error('none');
    const asked = { ...operation('authorize', 'op_a'), capturesOnce: true } as const;
    const started: IntentEvent = { type: 'AttemptStarted', operation: asked, at: AT };
    const part = [created, started, succeeded, captureStarted];
    const failed = [...part, heard('OperationFailed', 'failed', 'op_b')];
    expect(failed.reduce(evolveIntent, absentIntent).status).toBe('requires_capture');
    const captured = [...part, heard('OperationSucceeded', 'succeeded', 'op_b')];
    expect(captured.reduce(evolveIntent, absentIntent).status).toBe('succeeded');
  });

  it('waits for the one that is open, and for the one that is unknown', () => {
    given(...authorized, captureStarted)
      .when(capture(1n))
      .thenRefused({ code: 'attempt-in-progress', operation: 'op_b' });
    given(...authorized, captureStarted, heard('OperationUnknown', 'unknown', 'op_b'))
      .when({ type: 'CancelIntent', operationIds: ['op_v'], by: 'a', at: AT })
      .thenRefused({ code: 'attempt-unknown', operation: 'op_b' });
  });

  it('needs an authorisation, and bars another attempt', () => {
    const [created] = authorized;
    if (created === undefined) throw new Error('none');
    given(created)
      .when(capture(1n))
      .thenRefused({ code: 'nothing-to-capture', status: 'requires_payment_method' });
    given(...authorized)
      .when({ type: 'StartAttempt', operation: operation('authorize', 'op_2') })
      .thenRefused({ code: 'intent-authorized', status: 'requires_capture' });
  });
});

describe('a refund', () => {
  it('gives back what was captured and not one kuruş more', () => {
    expect(decided(paid, refund(1000n))).toMatchObject({
      refund: { operation: { kind: 'refund', amountMinor: 1000n } },
    });
    given(...paid)
      .when(refund(1001n))
      .thenRefused({ code: 'refund-above-captured', refundableMinor: 1000n });
  });

  it('on its way takes its amount, failed or rejected it does not', () => {
    const asked = decided(paid, refund(400n));
    given(...paid, asked)
      .when(refund(601n))
      .thenRefused({ code: 'refund-above-captured', refundableMinor: 600n });
    const rejected: IntentEvent = {
      type: 'RefundRejected',
      refundId: 're_1',
      reason: 'insufficient-funds',
      at: AT,
    };
    expect(decided([...paid, asked, rejected], refund(1000n))).toMatchObject({ type: 'RefundRequested' });
  });

  it('is sent only once its hold is placed, and never when it was refused', () => {
    const asked = decided(paid, refund(400n));
    const hold = (refusedBecause: string | null): IntentCommand => ({
      ...{ type: 'RecordRefundHold', refundId: 're_1', refusedBecause, at: AT },
    });
    expect(decided([...paid, asked], hold(null))).toMatchObject({
      type: 'RefundQueued',
      operation: { amountMinor: 400n },
    });
    const rejected = decided([...paid, asked], hold('insufficient-funds'));
    expect(rejected).toMatchObject({ type: 'RefundRejected', reason: 'insufficient-funds' });
    given(...paid, asked, rejected)
      .when(hold(null))
      .thenRefused({ code: 'refund-not-reserving', refundStatus: 'rejected' });
  });

  it('knows nothing of what was not captured', () => {
    const [created, started] = paid;
    if (created === undefined || started === undefined) throw new Error('none');
    given(created, started).when(refund(1n)).thenRefused({ code: 'nothing-to-refund' });
    given(...paid)
      .when(refund(1n, { of: 'op_x' }))
      .thenRefused({ code: 'operation-unknown', operation: 'op_x' });
  });
});
