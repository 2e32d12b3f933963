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
import { AT, intentFacts, operation, seen } from './testing/samples.js';
import { apply } from './testing/tellings.js';

const created: PaymentIntent = evolveIntent(absentIntent, {
  ...{ type: 'PaymentIntentCreated', ...intentFacts, at: AT },
});
const attempt = (operationId: string, change: object = { endsByVoid: true }): IntentCommand => ({
  ...{ type: 'StartAttempt', operation: { ...operation('sale', operationId), ...change } },
});
const observe = (operationId: string, result: ObservedResult, change: object = {}): IntentCommand => ({
  type: 'ObserveOperation',
  observation: seen(result, { operationId, providerRef: `ref_${operationId}`, echoed: null, ...change }),
});
const challenged = (operationId: string) =>
  observe(operationId, 'pending', { nextActionUrl: 'http://bank/1' });
const abandon: IntentCommand = {
  ...{ type: 'AbandonAttempt', operationId: 'op_v', reason: 'requested', by: 'a', at: AT },
};
const cancel: IntentCommand = { type: 'CancelIntent', operationIds: ['op_v', 'op_w'], by: 'a', at: AT };
const run = (...commands: readonly IntentCommand[]): PaymentIntent => commands.reduce(apply, created);
const refusalOf = (intent: PaymentIntent, command: IntentCommand) => {
  const decision = decideIntent(command, intent);
  return decision.accepted ? undefined : decision.refusal;
};
const eventsOf = (intent: PaymentIntent, command: IntentCommand) => {
  const decision = decideIntent(command, intent);
  return decision.accepted ? decision.events.map(({ type }) => type) : decision.refusal;
};

const waiting = run(attempt('op_a'), challenged('op_a'));
const given = apply(waiting, abandon);

describe('an attempt whose payer walked away', () => {
  it('is given up with a void where the provider ends what waits, else by asking', () => {
    expect(eventsOf(waiting, abandon)).toEqual(['AttemptAbandoned', 'VoidStarted']);
    const elsewhere = run(attempt('op_a', {}), challenged('op_a'));
    expect(eventsOf(elsewhere, abandon)).toEqual(['AttemptAbandoned', 'LookupAsked']);
    const nameless = run(
      attempt('op_a'),
      observe('op_a', 'pending', { nextActionUrl: 'http://bank/1', providerRef: null }),
    );
    expect(eventsOf(nameless, abandon)).toEqual(['AttemptAbandoned', 'LookupAsked']);
  });

  it('bars the next one until the provider says that it is not charged, or can not be any more', () => {
    expect(given.status).toBe('unknown');
    expect(refusalOf(given, attempt('op_b'))).toEqual({ code: 'attempt-abandoned', operation: 'op_a' });
    const refused = apply(given, observe('op_v', 'declined'));
    expect(refusalOf(refused, attempt('op_b'))).toEqual({ code: 'attempt-abandoned', operation: 'op_a' });
    for (const said of [
      observe('op_a', 'declined'),
      observe('op_a', 'failed'),
      observe('op_v', 'succeeded'),
    ]) {
      const free = apply(given, said);
      expect(free.status).toBe('requires_payment_method');
      expect(refusalOf(free, attempt('op_b'))).toBeUndefined();
    }
  });

  it('is asked about once its void is answered or may have arrived, and not when it is known', () => {
    for (const result of ['unknown', 'succeeded', 'declined', 'failed'] as const)
      expect(eventsOf(given, observe('op_v', result))).toContain('LookupAsked');
    for (const result of ['errored', 'pending'] as const)
      expect(eventsOf(given, observe('op_v', result))).not.toContain('LookupAsked');
    const known = apply(given, observe('op_a', 'failed'));
    expect(eventsOf(known, observe('op_v', 'declined'))).not.toContain('LookupAsked');
  });

  it('is booked when it went through all the same; a second capture is flagged', () => {
    const late = run(attempt('op_a'), challenged('op_a'), abandon, observe('op_v', 'succeeded'));
    const second = [attempt('op_b'), observe('op_b', 'succeeded'), observe('op_a', 'succeeded')];
    const twice = second.reduce(apply, late);
    expect(twice).toMatchObject({ status: 'succeeded', capturedTwice: true });
    expect(twice).toMatchObject({ bookings: ['deposit:op_b', 'deposit:op_a'] });
    expect(apply(twice, observe('op_a', 'succeeded'))).toEqual(twice);
  });

  it('is given up once; what waits for nobody is not', () => {
    expect(eventsOf(given, abandon)).toEqual([]);
    expect(refusalOf(created, abandon)).toMatchObject({ code: 'nothing-to-abandon' });
    expect(refusalOf(run(attempt('op_a')), abandon)).toMatchObject({ code: 'nothing-to-abandon' });
    const bank = run(attempt('op_a'), observe('op_a', 'pending'));
    expect(refusalOf(bank, abandon)).toMatchObject({ code: 'nothing-to-abandon' });
    const unknown = run(attempt('op_a'), observe('op_a', 'unknown'));
    expect(refusalOf(unknown, abandon)).toMatchObject({ code: 'nothing-to-abandon' });
  });
});

describe('an abandoned attempt whose void was refused', () => {
  const refused = apply(given, observe('op_v', 'failed'));
  const again = { ...abandon, operationId: 'op_w' } as IntentCommand;

  it('is ended by another void, by who gives it up or cancels again; never by two at once', () => {
    expect(eventsOf(refused, again)).toEqual(['VoidStarted']);
    expect(eventsOf(refused, { ...again, attempt: 'op_a' } as IntentCommand)).toEqual(['VoidStarted']);
    const canceled = { ...cancel, operationIds: ['op_w', 'op_x'] } as IntentCommand;
    expect(eventsOf(refused, canceled)).toEqual(['VoidStarted', 'PaymentIntentCanceled']);
    const sent = apply(refused, again);
    expect(eventsOf(sent, { ...abandon, operationId: 'op_x' } as IntentCommand)).toEqual([]);
    expect(apply(sent, observe('op_w', 'succeeded')).status).toBe('requires_payment_method');
  });

  it('is left alone while a void may still arrive, and where its provider has none', () => {
    for (const result of ['unknown', 'errored', 'pending'] as const)
      expect(eventsOf(apply(given, observe('op_v', result)), again)).toEqual([]);
    const elsewhere = run(attempt('op_a', {}), challenged('op_a'), abandon);
    expect(eventsOf(elsewhere, again)).toEqual([]);
  });

  it('of another name is not meant', () => {
    const other = { ...again, attempt: 'op_b' } as IntentCommand;
    for (const intent of [waiting, given, refused])
      expect(refusalOf(intent, other)).toMatchObject({ code: 'nothing-to-abandon', waiting: 'op_a' });
  });
});

describe('an attempt whose payer has done all', () => {
  const isDone = observe('op_a', 'pending', { payerDone: true });

  it('waits for its bank: it is not given up, nor canceled', () => {
    const done = apply(waiting, isDone);
    expect(done.status).toBe('processing');
    expect(refusalOf(done, abandon)).toMatchObject({ code: 'nothing-to-abandon' });
    expect(refusalOf(done, cancel)).toMatchObject({ code: 'attempt-in-progress' });
    expect(apply(run(attempt('op_a'), isDone), challenged('op_a'))).toEqual(done);
    expect(eventsOf(done, isDone)).toEqual([]);
  });

  it('is not told by an answer that only lacks the page, as look-ups of some providers do', () => {
    expect(apply(waiting, observe('op_a', 'pending')).status).toBe('requires_action');
  });
});

describe('canceling while the payer is away', () => {
  const canceling = apply(waiting, cancel);

  it('gives the attempt up and ends the intent once the provider has said that it is not charged', () => {
    expect(eventsOf(waiting, cancel)).toEqual(['AttemptAbandoned', 'VoidStarted', 'PaymentIntentCanceled']);
    expect(canceling.status).toBe('unknown');
    expect(eventsOf(canceling, cancel)).toEqual([]);
    expect(apply(canceling, observe('op_a', 'declined')).status).toBe('canceled');
    expect(apply(canceling, observe('op_v', 'succeeded')).status).toBe('canceled');
    expect(apply(given, cancel)).toMatchObject({ status: 'unknown', isCanceled: true });
  });

  it('loses to a payer who was faster, and the money is booked', () => {
    const lost = [observe('op_v', 'failed'), observe('op_a', 'succeeded')].reduce(apply, canceling);
    expect(lost).toMatchObject({ status: 'succeeded', isCanceled: true, bookings: ['deposit:op_a'] });
    const paid = apply(waiting, observe('op_a', 'succeeded'));
    expect(refusalOf(paid, cancel)).toMatchObject({ code: 'intent-settled' });
  });

  it('is refused once another attempt has paid; giving up what waits is not', () => {
    const second = [observe('op_a', 'declined'), attempt('op_b'), challenged('op_b')];
    const paid = [...second, observe('op_a', 'succeeded')].reduce(apply, waiting);
    expect(paid.status).toBe('succeeded');
    expect(refusalOf(paid, cancel)).toEqual({ code: 'intent-settled', status: 'succeeded' });
    expect(eventsOf(paid, abandon)).toEqual(['AttemptAbandoned', 'VoidStarted']);
    expect(refusalOf(apply(paid, abandon), cancel)).toMatchObject({ code: 'intent-settled' });
  });

  it('is refused while a call is open that waits for no payer', () => {
    expect(refusalOf(run(attempt('op_a')), cancel)).toMatchObject({ code: 'attempt-in-progress' });
    const unknown = run(attempt('op_a'), observe('op_a', 'unknown'));
    expect(refusalOf(unknown, cancel)).toMatchObject({ code: 'attempt-unknown' });
  });
});

/** A provider that ends what waits when it is told to, unless the payer was faster; both are final. */
class Provider {
  readonly attempts = new Map<string, 'waiting' | 'charged' | 'ended'>();
  readonly voids = new Map<string, ObservedResult>();

  send({ operationId, kind, parent }: { operationId: string; kind: string; parent: string | null }): void {
    if (kind === 'sale' && !this.attempts.has(operationId)) this.attempts.set(operationId, 'waiting');
    if (kind !== 'void' || this.voids.has(operationId)) return;
    const isInTime = this.attempts.get(parent ?? '') === 'waiting';
    if (isInTime) this.attempts.set(parent ?? '', 'ended');
    this.voids.set(operationId, isInTime ? 'succeeded' : 'declined');
  }

  says(operationId: string): IntentCommand | undefined {
    const answered = this.voids.get(operationId);
    if (answered !== undefined) return observe(operationId, answered);
    const attempted = this.attempts.get(operationId);
    if (attempted === undefined) return undefined;
    if (attempted === 'waiting') return challenged(operationId);
    return observe(operationId, attempted === 'charged' ? 'succeeded' : 'declined');
  }
}

describe('whatever callers, the payer, the time and the network do', () => {
  it('the payer is charged once at most', () => {
    const step = fc.record({
      what: fc.constantFrom(
        'attempt',
        'attempt',
        'abandon',
        'abandon',
        'cancel',
        'send',
        'pay',
        'hear',
        'hear',
        'doubt',
      ),
      which: fc.nat(2),
    });
    let abandonedAndTriedAgain = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), fc.boolean(), (steps, endsByVoid) => {
        const provider = new Provider();
        provider.attempts.set('op_a', 'waiting');
        let intent = run(attempt('op_a', endsByVoid ? { endsByVoid: true } : {}), challenged('op_a'));
        const offer = (command: IntentCommand | undefined): void => {
          const decision = command && decideIntent(command, intent);
          if (decision?.accepted === true) intent = decision.events.reduce(evolveIntent, intent);
        };
        for (const [index, { what, which }] of steps.entries()) {
          if (intent.status === 'absent') throw new Error('absent');
          // Mostly the last ones, about which something is still to be known.
          const one = intent.operations.at(-1 - which);
          const id = `op_${index}`;
          if (what === 'attempt') offer(attempt(id, endsByVoid ? { endsByVoid: true } : {}));
          if (what === 'abandon') offer({ ...abandon, operationId: id } as IntentCommand);
          if (what === 'cancel') offer({ ...cancel, operationIds: [id] } as IntentCommand);
          if (one === undefined) continue;
          if (what === 'send')
            for (const each of intent.operations) provider.send({ ...each, parent: each.parentOperationId });
          if (what === 'pay' && provider.attempts.get(one.operationId) === 'waiting')
            provider.attempts.set(one.operationId, 'charged');
          if (what === 'hear') offer(provider.says(one.operationId));
          if (what === 'doubt') offer(observe(one.operationId, 'unknown'));
        }
        if (intent.status === 'absent') throw new Error('absent');
        const charged = [...provider.attempts.values()].filter((state) => state === 'charged');
        expect(charged.length).toBeLessThanOrEqual(1);
        expect(intent.bookings.length).toBeLessThanOrEqual(1);
        expect(intent.capturedTwice).toBe(false);
        const attempts = intent.operations.filter(({ kind }) => kind === 'sale').length;
        if (intent.abandoned.length > 0 && attempts > 1) abandonedAndTriedAgain++;
      }),
      { numRuns: 3_000 },
    );
    // Otherwise nothing was tried that could have charged twice.
    expect(abandonedAndTriedAgain).toBeGreaterThan(20);
  });
});
