import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  absentIntent,
  absentPayout,
  decidePayout,
  evolveIntent,
  evolvePayout,
  type IntentCommand,
  type Observation,
  type ObservationSource,
} from './index.js';
import { intentStarted, payoutSubmitted, seen } from './testing/samples.js';
import { apply, listsOf, twoTellings } from './testing/tellings.js';

/** What each way may tell of one deposit of 10.00. */
const told: readonly Observation[] = [
  seen('unknown', { source: 'answer', echoed: null, providerRef: null }),
  seen('pending', { source: 'answer' }),
  seen('succeeded', { source: 'webhook' }),
  seen('failed', { source: 'webhook' }),
  seen('unknown', { source: 'lookup', echoed: null, providerRef: null }),
  seen('succeeded', { source: 'lookup' }),
  seen('succeeded', { source: 'report' }),
  seen('succeeded', { source: 'report', echoed: { amountMinor: 999n, currency: 'TRY' } }),
  seen('succeeded', { source: 'report', echoed: { amountMinor: 1000n, currency: 'USD' } }),
];
const isRight = ({ result, echoed }: Observation): boolean =>
  result === 'succeeded' && (echoed === null || (echoed.amountMinor === 1000n && echoed.currency === 'TRY'));

const observe = (observation: Observation): IntentCommand => ({ type: 'ObserveOperation', observation });
const tell = (list: readonly Observation[]) => {
  const intent = list.map(observe).reduce(apply, intentStarted.reduce(evolveIntent, absentIntent));
  if (intent.status === 'absent') throw new Error('absent');
  return intent;
};
const tellPayout = (list: readonly Observation[]) =>
  list.reduce(
    (payout, observation) => {
      const decision = decidePayout({ type: 'ObserveOperation', observation }, payout);
      if (!decision.accepted) throw new Error(decision.refusal.code);
      return decision.events.reduce(evolvePayout, payout);
    },
    payoutSubmitted.reduce(evolvePayout, absentPayout),
  );

const sources: readonly ObservationSource[] = ['answer', 'webhook', 'lookup', 'report'];
const anything = fc
  .record({
    result: fc.constantFrom('unknown', 'pending', 'declined', 'failed', 'succeeded', 'returned'),
    providerRef: fc.constantFrom(null, 'ref_1', 'ref_2'),
    echoed: fc.constantFrom(
      ...[null, { amountMinor: 1000n, currency: 'TRY' }, { amountMinor: 999n, currency: 'TRY' }],
    ),
  })
  .map(({ result, ...change }) => seen(result as Observation['result'], change));

describe('a deposit of which answer, webhook, look-up and report tell', () => {
  it('is credited once if one says so with the right money, in every order of up to 5', () => {
    for (const list of listsOf(told, 4).flatMap((some) => [some, [...some, ...some.slice(0, 1)]])) {
      const { bookings, status } = tell(list);
      const due = list.some(isRight) ? ['deposit:op_1'] : [];
      if (bookings.join() !== due.join()) expect({ list, bookings }).toEqual({ list, bookings: due });
      if ((status === 'succeeded') !== list.some(isRight)) expect({ list, status }).toEqual({ list });
    }
  });

  it('comes to the same state in any order and number', () =>
    fc.assert(
      fc.property(twoTellings(fc.constantFrom(...told)), ([once, again]) =>
        expect(tell(again)).toEqual(tell(once)),
      ),
      { numRuns: 2_000 },
    ));
});

describe('who brings an observation', () => {
  const brought = fc.array(fc.tuple(anything, fc.constantFrom(...sources)), { maxLength: 8 });
  it('never matters to an intent or a payout: a line of a report has the same rules as an answer', () =>
    fc.assert(
      fc.property(brought, (list) => {
        const as = list.map(([one, source]) => ({ ...one, source }));
        const other = list.map(([one]) => one);
        expect(tell(as)).toEqual(tell(other));
        expect(tellPayout(as)).toEqual(tellPayout(other));
      }),
      { numRuns: 1_000 },
    ));
});
