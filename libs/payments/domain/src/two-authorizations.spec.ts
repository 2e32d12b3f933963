import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  absentIntent,
  decideIntent,
  evolveIntent,
  type IntentCommand,
  type ObservedResult,
  type PaymentIntent,
} from './index.js';
import { AT, intentFacts, operation, rateCard, seen } from './testing/samples.js';
import { apply } from './testing/tellings.js';

const created: PaymentIntent = evolveIntent(absentIntent, {
  ...{ type: 'PaymentIntentCreated', ...intentFacts, captureMethod: 'manual', at: AT },
});
const attempt = (operationId: string): IntentCommand => ({
  ...{ type: 'StartAttempt', operation: operation('authorize', operationId) },
});
const capture = (operationId: string, amountMinor: bigint | null): IntentCommand => ({
  ...{ type: 'CaptureIntent', operationId, amountMinor, rateCard, at: AT },
});
const cancel: IntentCommand = { type: 'CancelIntent', operationIds: ['op_v', 'op_w'], by: 'a', at: AT };
const observe = (operationId: string, result: ObservedResult): IntentCommand => ({
  ...{ type: 'ObserveOperation', observation: seen(result, { operationId, echoed: null }) },
});
const run = (commands: readonly IntentCommand[]): PaymentIntent => commands.reduce(apply, created);
const refusalOf = (intent: PaymentIntent, command: IntentCommand) => {
  const decision = decideIntent(command, intent);
  return decision.accepted ? undefined : decision.refusal;
};

/** The first was said to be declined, the second went through, then the first one did after all. */
const twice = run([
  ...[attempt('op_a'), observe('op_a', 'declined'), attempt('op_b'), observe('op_b', 'succeeded')],
  observe('op_a', 'succeeded'),
]);

describe('an intent with two live authorisations', () => {
  it('is captured up to its amount, and not once for each', () => {
    const whole = [capture('op_c', null), observe('op_c', 'succeeded')].reduce(apply, twice);
    expect(whole.status).toBe('partially_captured');
    expect(refusalOf(whole, capture('op_d', null))).toMatchObject({ code: 'nothing-to-capture' });
    const part = [capture('op_c', 700n), observe('op_c', 'succeeded')].reduce(apply, twice);
    expect(refusalOf(part, capture('op_d', 301n))).toEqual({
      ...{ code: 'capture-above-authorized', capturableMinor: 300n },
    });
    expect(refusalOf(part, capture('op_d', 300n))).toBeUndefined();
  });

  it('releases each of them when it is canceled', () => {
    const releasing = apply(twice, cancel);
    if (releasing.status === 'absent') throw new Error('absent');
    const parents = releasing.operations.filter(({ kind }) => kind === 'void');
    expect(parents.map(({ parentOperationId }) => parentOperationId)).toEqual(['op_a', 'op_b']);
    const half = apply(releasing, observe('op_v', 'succeeded'));
    expect(apply(half, observe('op_w', 'succeeded')).status).toBe('canceled');
    const captured = [capture('op_c', null), observe('op_c', 'succeeded'), cancel].reduce(apply, twice);
    expect(apply(captured, observe('op_v', 'succeeded')).status).toBe('succeeded');
  });
});

describe('what commands capture', () => {
  it('never exceeds the amount of the intent, whatever becomes known of which authorisation', () => {
    const told = fc.record({
      ...{ of: fc.nat(4), result: fc.constantFrom<ObservedResult>('declined', 'succeeded') },
    });
    const steps = fc.oneof(fc.constant('attempt' as const), fc.bigInt(1n, 1000n), fc.constant(null), told);
    fc.assert(
      fc.property(fc.constantFrom(created, twice), fc.array(steps, { maxLength: 14 }), (from, list) => {
        let intent: PaymentIntent = from;
        const offer = (command: IntentCommand): void => {
          const decision = decideIntent(command, intent);
          if (decision.accepted) intent = decision.events.reduce(evolveIntent, intent);
        };
        for (const [index, step] of list.entries()) {
          if (step === 'attempt') offer(attempt(`op_${index}`));
          else if (step !== null && typeof step === 'object')
            offer(observe(idOf(intent, step.of), step.result));
          else {
            offer(capture(`op_${index}`, step));
            offer(observe(`op_${index}`, 'succeeded'));
          }
        }
        expect(capturedBy(intent) <= intentFacts.amountMinor).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** The n-th authorisation. */
const idOf = (intent: PaymentIntent, index: number): string => {
  if (intent.status === 'absent') return '';
  return intent.operations.filter(({ kind }) => kind === 'authorize')[index]?.operationId ?? '';
};

const capturedBy = (intent: PaymentIntent): bigint =>
  intent.status === 'absent'
    ? 0n
    : intent.operations
        .filter(({ kind }) => kind === 'capture')
        .reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
