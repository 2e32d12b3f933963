import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  absentIntent,
  absentPayout,
  type BookingKind,
  decideIntent,
  decidePayout,
  evolveIntent,
  evolvePayout,
  type Observation,
  operationMachine,
  type ObservedResult,
  type OperationResult,
  step,
} from './index.js';
import { intentStarted, payoutSubmitted, seen } from './testing/samples.js';

const results = Object.keys(operationMachine.edges) as OperationResult[];
const observed = results.filter((result): result is ObservedResult => result !== 'sending');

const observation = fc
  .record({
    result: fc.constantFrom(...observed),
    source: fc.constantFrom('answer', 'webhook', 'lookup', 'report'),
    providerRef: fc.constantFrom(null, 'ref_1', 'ref_2'),
    declineCode: fc.constantFrom(null, 'do_not_honor', 'insufficient_funds'),
    echoed: fc.constantFrom(
      null,
      { amountMinor: 1000n, currency: 'TRY' },
      { amountMinor: 999n, currency: 'TRY' },
      { amountMinor: 1000n, currency: 'USD' },
    ),
  })
  .map((change) => seen(change.result, change as Partial<Observation>));

/** A history of observations, and the same ones in another order with repetitions. */
const twoTellings = fc.array(observation, { minLength: 1, maxLength: 8 }).chain((all) =>
  fc.tuple(
    fc.constant(all),
    fc
      .array(fc.constantFrom(...all), { maxLength: 12 })
      .chain((more) => fc.shuffledSubarray([...all, ...more], { minLength: all.length + more.length })),
  ),
);

const tellIntent = (observations: readonly Observation[]) =>
  observations.reduce(
    (intent, seenNow) => {
      const decision = decideIntent({ type: 'ObserveOperation', observation: seenNow }, intent);
      if (!decision.accepted) throw new Error(decision.refusal.code);
      return decision.events.reduce(evolveIntent, intent);
    },
    intentStarted.reduce(evolveIntent, absentIntent),
  );

const tellPayout = (observations: readonly Observation[]) => {
  const payout = observations.reduce(
    (state, seenNow) => {
      const decision = decidePayout({ type: 'ObserveOperation', observation: seenNow }, state);
      if (!decision.accepted) throw new Error(decision.refusal.code);
      return decision.events.reduce(evolvePayout, state);
    },
    payoutSubmitted.reduce(evolvePayout, absentPayout),
  );
  if (payout.status === 'absent') throw new Error('absent');
  return payout;
};

/** What the bookings leave of the payout's amount: in the wallet, on hold, at the provider. */
const net = (bookings: readonly BookingKind[]) => {
  const wallet = { post: 0, void: 1, late_debit: -1, loss: 0, return: 1, deposit: 0 };
  const hold = { post: -1, void: -1, late_debit: 0, loss: 0, return: 0, deposit: 0 };
  return {
    wallet: bookings.reduce((sum, kind) => sum + wallet[kind], 0),
    hold: bookings.reduce((sum, kind) => sum + hold[kind], 1),
  };
};

describe('observations, in any order and number', () => {
  it('leave an intent in the same state', () =>
    fc.assert(
      fc.property(twoTellings, ([once, again]) => expect(tellIntent(again)).toEqual(tellIntent(once))),
      { numRuns: 2_000 },
    ));

  it('leave a payout in the same state, with the same money where it belongs', () =>
    fc.assert(
      fc.property(twoTellings, ([once, again]) => {
        const { bookings: left, submitted: _l, ...one } = tellPayout(once);
        const { bookings: right, submitted: _r, ...other } = tellPayout(again);
        expect(other).toEqual(one);
        expect(net(right)).toEqual(net(left));
      }),
      { numRuns: 2_000 },
    ));

  it('end a hold at most once, and only as the provider paid or did not', () =>
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 12 }), (all) => {
        const { bookings, status } = tellPayout(all);
        expect(new Set(bookings).size).toBe(bookings.length);
        expect(bookings.filter((kind) => kind === 'post' || kind === 'void').length).toBeLessThan(2);
        const { wallet, hold } = net(bookings);
        if (status === 'paid') expect({ wallet, hold }).toEqual({ wallet: 0, hold: 0 });
        else if (status === 'failed' || status === 'returned')
          expect({ wallet, hold }).toEqual({ wallet: 1, hold: 0 });
        else expect({ wallet, hold }).toEqual({ wallet: 0, hold: 1 });
      }),
      { numRuns: 2_000 },
    ));

  it('book an intent once, if and only if right money was captured', () =>
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 12 }), (all) => {
        const intent = tellIntent(all);
        if (intent.status === 'absent') throw new Error('absent');
        const captured = all.some(
          ({ result, echoed }) =>
            result === 'succeeded' &&
            (echoed === null || (echoed.amountMinor === 1000n && echoed.currency === 'TRY')),
        );
        expect(intent.bookings).toEqual(captured ? ['deposit:op_1'] : []);
        expect(intent.status === 'succeeded').toBe(captured);
      }),
      { numRuns: 2_000 },
    ));
});

describe('the operation machine', () => {
  const at = (from: OperationResult, by: OperationResult) =>
    by === 'sending' ? from : step(operationMachine, from, by);

  it('is an order: applying is commutative, associative and idempotent', () => {
    for (const a of results) {
      expect(at(a, a)).toBe(a);
      for (const b of results) {
        expect(at(a, b)).toBe(at(b, a));
        for (const c of results) expect(at(at(a, b), c)).toBe(at(a, at(b, c)));
      }
    }
  });
});
