import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  absentIntent,
  type ExistingIntent,
  type HeldBookingKind,
  type IntentCommand,
  type IntentEvent,
  type ObservedResult,
  type PaymentIntent,
  refundableMinor,
  undivided,
} from './index.js';
import { AT, intentFacts, operation, seen } from './testing/samples.js';
import { apply, listsOf, replay, twoTellings } from './testing/tellings.js';
import { wasAsked } from './testing/was-asked.js';

type Kind = Parameters<typeof operation>[0];
const call = (kind: Kind, operationId: string, amountMinor: bigint, parent: string | null = null) => ({
  ...operation(kind, operationId),
  ...{ amountMinor, parentOperationId: parent, split: undivided(amountMinor) },
});
const heard = (type: string, operationId: string, result: ObservedResult): IntentEvent =>
  ({
    type,
    operationId,
    result,
    source: 'answer',
    providerRef: null,
    declineCode: null,
    at: AT,
  }) as IntentEvent;
const created: IntentEvent = { type: 'PaymentIntentCreated', ...intentFacts, at: AT };

/** Each machine in the middle of its life, and the calls that observations are about. */
const sale = [created, { type: 'AttemptStarted', operation: call('sale', 'op_s', 1000n), at: AT }] as const;
const manual: readonly IntentEvent[] = [
  { ...created, captureMethod: 'manual' },
  { type: 'AttemptStarted', operation: call('authorize', 'op_a', 1000n), at: AT },
  { type: 'CaptureStarted', operation: call('capture', 'op_c', 400n, 'op_a'), at: AT },
  { type: 'VoidStarted', operation: call('void', 'op_v', 600n, 'op_a'), at: AT },
];
/** Given up while it waited for its payer, and a void of it sent. */
const abandoned: readonly IntentEvent[] = [
  created,
  { type: 'AttemptStarted', operation: { ...call('sale', 'op_s', 1000n), endsByVoid: true }, at: AT },
  { ...heard('OperationPending', 'op_s', 'pending'), nextActionUrl: 'http://b' } as IntentEvent,
  { type: 'AttemptAbandoned', operationId: 'op_s', reason: 'requested', by: 'a', at: AT },
  { type: 'VoidStarted', operation: call('void', 'op_v', 1000n, 'op_s'), at: AT },
];
const refundOf = (operationId: string, amountMinor: bigint): readonly IntentEvent[] => {
  const refund = { refundId: `re_${operationId}`, requestedBy: 'a', reason: null, metadata: {} };
  const refunded = call('refund', operationId, amountMinor, 'op_s');
  return [
    { type: 'RefundRequested', refund: { ...refund, operation: refunded }, at: AT },
    { type: 'RefundQueued', refundId: refund.refundId, operation: refunded, at: AT },
  ];
};
const refunded: readonly IntentEvent[] = [
  ...sale,
  heard('OperationSucceeded', 'op_s', 'succeeded'),
  ...refundOf('op_r', 300n),
  ...refundOf('op_q', 200n),
];
const captured = [...sale, heard('OperationSucceeded', 'op_s', 'succeeded')];

const start = (events: readonly IntentEvent[]): PaymentIntent => replay(events, absentIntent);

const RESULTS: readonly ObservedResult[] = [
  'errored',
  'unknown',
  'pending',
  'declined',
  'failed',
  'succeeded',
];
const observe = (
  operationId: string,
  amountMinor: bigint,
  result: ObservedResult,
  change: object = {},
): IntentCommand => ({
  type: 'ObserveOperation',
  observation: seen(result, {
    ...{ operationId, providerRef: `ref_${operationId}`, echoed: { amountMinor, currency: 'TRY' } },
    ...change,
  }),
});
/** A line of a report; without a reference, as of a handed-in file. */
const reported = (operationId: string, amountMinor: bigint, result: 'succeeded' | 'returned') =>
  observe(operationId, amountMinor, result, { source: 'report', providerRef: null });
const dispute = (result: ObservedResult, amountMinor: bigint, change: object = {}): IntentCommand => {
  const { operationId: _, ...observation } = seen(result, {
    echoed: { amountMinor, currency: 'TRY' },
    ...change,
  });
  return {
    ...{ type: 'ObserveDispute', disputedOperationId: 'op_s', disputeId: `du_${amountMinor}` },
    ...{ operationId: `op_d${amountMinor}`, amountMinor, observation },
  };
};
/** Of the same amount as another: only the provider's id of it tells them apart. */
const named = (result: ObservedResult, disputeRef: string): IntentCommand =>
  ({
    ...dispute(result, 200n, { providerRef: disputeRef }),
    ...{ disputeRef, disputeId: `du_${disputeRef}`, operationId: `op_${disputeRef}` },
  }) as IntentCommand;
const alphabets = {
  sale: [
    ...RESULTS.map((result) => observe('op_s', 1000n, result)),
    observe('op_s', 999n, 'succeeded'),
    ...['b', 'a'].map((at) => observe('op_s', 1000n, 'pending', { nextActionUrl: `http://${at}` })),
    observe('op_s', 1000n, 'pending', { payerDone: true }),
    observe('op_s', 1000n, 'declined', { declineCode: 'expired_card', providerRef: 'ref_other' }),
    ...[reported('op_s', 1000n, 'succeeded'), reported('op_s', 999n, 'succeeded')],
  ],
  manual: (['unknown', 'failed', 'succeeded'] as const).flatMap((result) => [
    ...[observe('op_a', 1000n, result), observe('op_c', 400n, result), observe('op_v', 600n, result)],
    ...(result === 'succeeded' ? [reported('op_c', 400n, result)] : []),
  ]),
  abandoned: [
    ...(['pending', 'declined', 'failed', 'succeeded'] as const).map((result) =>
      observe('op_s', 1000n, result),
    ),
    ...RESULTS.map((result) => observe('op_v', 1000n, result)),
    observe('op_s', 1000n, 'pending', { nextActionUrl: 'http://a' }),
    ...[observe('op_s', 1000n, 'pending', { payerDone: true }), reported('op_s', 1000n, 'succeeded')],
  ],
  refunds: [
    ...RESULTS.map((result) => observe('op_r', 300n, result)),
    ...(['failed', 'succeeded', 'returned'] as const).map((result) => observe('op_q', 200n, result)),
    ...[observe('op_r', 301n, 'succeeded'), observe('op_r', 300n, 'returned')],
    ...[reported('op_r', 300n, 'succeeded'), reported('op_q', 200n, 'returned')],
  ],
  disputes: [
    ...(['pending', 'failed', 'succeeded', 'declined', 'returned'] as const).map((result) =>
      dispute(result, 1000n),
    ),
    dispute('pending', 1000n, { isUnderReview: true }),
    dispute('pending', 1000n, { isInquiry: true }),
    dispute('failed', 1000n, { isInquiry: true }),
    dispute('pending', 250n),
    dispute('succeeded', 250n),
    dispute('succeeded', 1000n, { echoed: { amountMinor: 1000n, currency: 'USD' } }),
  ],
};
const scenes = [
  ['an intent with one sale', sale, alphabets.sale],
  ['an intent with authorisation, capture and release', manual, alphabets.manual],
  ['an abandoned attempt and its void', abandoned, alphabets.abandoned],
  ['refunds', refunded, alphabets.refunds],
  ['disputes', captured, alphabets.disputes],
] as const;

const tell = (from: PaymentIntent, commands: readonly IntentCommand[]): ExistingIntent => {
  const intent = commands.reduce(apply, from);
  if (intent.status === 'absent') throw new Error('absent');
  return intent;
};

/** What bookings leave: out of the funds or as a loss, still held. */
const net = (kinds: readonly HeldBookingKind[], heldBefore: number) => {
  const count = (...wanted: readonly HeldBookingKind[]) =>
    kinds.filter((kind) => wanted.includes(kind)).length;
  return {
    out: count('post', 'late_debit', 'debt', 'loss') - count('return'),
    held: heldBefore + count('hold') - count('post', 'void'),
  };
};

/** Everything but the order in which things became known; of bookings, what they leave. */
const essence = (intent: ExistingIntent) => ({
  ...intent,
  operations: [...intent.operations].sort((a, b) => (a.operationId < b.operationId ? -1 : 1)),
  bookings: [...intent.bookings].sort(),
  refunds: intent.refunds.map(({ bookings, ...one }) => ({ ...one, net: net(bookings, 1) })),
  disputes: [...intent.disputes]
    .sort((a, b) => (a.disputeId < b.disputeId ? -1 : 1))
    .map(({ bookings, ...one }) => ({ ...one, net: net(bookings, 0) })),
});

describe.each(scenes)('observations of %s, in any order and number', (_name, events, alphabet) => {
  it('end in the same state: every list of up to 4', () => {
    const from = start(events);
    const ends = new Map<string, string>();
    for (const list of listsOf(
      alphabet.map((_command, index) => index),
      4,
    )) {
      const commands = list.flatMap((index) => alphabet[index] ?? []);
      const set = [...new Set(list)].sort((a, b) => a - b).join();
      const end = textOf(essence(tell(from, commands)));
      const before = ends.get(set);
      if (before === undefined) ends.set(set, end);
      else if (before !== end) expect({ list, end }).toEqual({ list, end: before });
    }
    expect(ends.size).toBeGreaterThan(100);
  });

  it('end in the same state: random lists of up to 8, told again with repetitions', () =>
    fc.assert(
      fc.property(twoTellings(fc.constantFrom(...alphabet)), ([once, again]) => {
        const from = start(events);
        expect(essence(tell(from, again))).toEqual(essence(tell(from, once)));
      }),
      { numRuns: 1_000 },
    ));
});

const textOf = (state: object): string =>
  JSON.stringify(state, (_name, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));

describe('what is given back', () => {
  it('is out once if and only if the provider gave it back, and nothing stays held once it is settled', () =>
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...alphabets.refunds), { maxLength: 10 }), (list) => {
        for (const { status, net: left } of essence(tell(start(refunded), list)).refunds) {
          if (status === 'succeeded') expect(left).toEqual({ out: 1, held: expect.any(Number) });
          if (status === 'returned') expect(left).toEqual({ out: 0, held: 0 });
          else if (status === 'succeeded' || status === 'failed') expect(left.held).toBe(0);
          else expect(left).toEqual({ out: 0, held: 1 });
        }
      }),
      { numRuns: 1_000 },
    ));

  it('by a dispute is out once if and only if it is lost, also when the ledger refuses', () => {
    const refusals = (['hold', 'post', 'late_debit', 'late_debit:2'] as const).map((kind): IntentCommand => ({
      ...{ type: 'RecordRefusedBooking', code: 'insufficient-funds' },
      bookingId: `dispute:op_d1000:${kind}`,
      at: AT,
    }));
    const told = fc.array(fc.constantFrom(...alphabets.disputes), { maxLength: 10 });
    fc.assert(
      fc.property(told, fc.boolean(), (list, isRefused) => {
        let intent = start(captured);
        for (const command of list) {
          intent = apply(intent, command);
          // The ledger answers each booking of the dispute, and has no funds.
          if (isRefused)
            for (const refusal of refusals) if (wasAsked(intent, refusal)) intent = apply(intent, refusal);
        }
        if (intent.status === 'absent') throw new Error('absent');
        const [lost] = intent.disputes.filter(({ disputeId }) => disputeId === 'du_1000');
        if (lost === undefined) return;
        const taken: readonly HeldBookingKind[] = ['debt', 'loss', 'return'];
        const effective = lost.bookings.filter((kind) => !isRefused || taken.includes(kind));
        expect(net(effective, 0).out).toBe(lost.status === 'lost' ? 1 : 0);
        // Whoever got the money back before the refusal was known is asked once more.
        const others = lost.bookings.filter((kind) => kind !== 'late_debit');
        expect(new Set(others).size).toBe(others.length);
        expect(lost.bookings.length - others.length).toBeLessThanOrEqual(2);
      }),
      { numRuns: 1_000 },
    );
  });

  it('by two disputes of one amount is out for the lost one only, in any order', () =>
    fc.assert(
      fc.property(
        fc.shuffledSubarray([named('pending', 'dp_a'), named('failed', 'dp_a'), named('succeeded', 'dp_b')], {
          minLength: 3,
        }),
        (list) => {
          const intent = list.reduce(apply, start(captured));
          if (intent.status === 'absent') throw new Error('absent');
          const statuses = intent.disputes.map(({ disputeRef, status }) => `${disputeRef} ${status}`);
          expect(statuses.sort()).toEqual(['dp_a won', 'dp_b lost']);
        },
      ),
    ));

  it('never exceeds what was captured, whatever is asked for', () =>
    fc.assert(
      fc.property(fc.array(fc.bigInt(1n, 700n), { maxLength: 8 }), (amounts) => {
        const end = amounts.reduce((intent, amountMinor, index) => {
          const ids = { refundId: `re_${index}`, operationId: `op_r${index}` };
          const wish = { of: null, amountMinor, reason: null, metadata: {}, by: 'a', at: AT };
          if (intent.status === 'absent') return intent;
          const left = refundableMinor(intent, intent.operations[0] ?? neverThere());
          try {
            return apply(intent, { type: 'RequestRefund', ...ids, ...wish });
          } catch (error) {
            expect(amountMinor > left).toBe(true);
            expect(String(error)).toMatch(left === 0n ? 'nothing-to-refund' : 'refund-above-captured');
            return intent;
          }
        }, start(captured));
        if (end.status === 'absent') throw new Error('absent');
        expect(end.refunds.reduce((sum, one) => sum + one.operation.amountMinor, 0n) <= 1000n).toBe(true);
      }),
    ));
});

const neverThere = (): never => {
  throw new Error('no operation');
};
