import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  absentPayout,
  bookingIdsOf,
  decidePayout,
  evolvePayout,
  type ExistingPayout,
  type Observation,
  type Payout,
  type PayoutCommand,
  type PayoutEvent,
} from './index.js';
import { AT, payoutInReview, payoutQueued, payoutSubmitted, seen } from './testing/samples.js';
import { LedgerModel } from './testing/ledger-model.js';

const tell = (payout: Payout, command: PayoutCommand): Payout => {
  const decision = decidePayout(command, payout);
  if (!decision.accepted) throw new Error(decision.refusal.code);
  return decision.events.reduce(evolvePayout, payout);
};
const observe = (payout: Payout, observation: Observation) =>
  tell(payout, { type: 'ObserveOperation', observation });
const existing = (payout: Payout): ExistingPayout => {
  if (payout.status === 'absent') throw new Error('absent');
  return payout;
};

/** Everything that can be said about an operation: each result, other money, another reference. */
const letters: readonly Observation[] = [
  seen('errored', { providerRef: null, echoed: null }),
  seen('unknown', { providerRef: null, echoed: null }),
  seen('pending'),
  seen('declined', { declineCode: 'do_not_honor', echoed: null }),
  seen('failed', { declineCode: 'account_closed', echoed: null }),
  seen('succeeded'),
  seen('returned'),
  seen('succeeded', { echoed: { amountMinor: 999n, currency: 'TRY' } }),
  seen('pending', { providerRef: 'ref_2' }),
];

const held: PayoutEvent = { type: 'PayoutHeld', reason: 'kyc', by: 'can', at: AT };
const canceled = (history: readonly PayoutEvent[]) =>
  tell(history.reduce(evolvePayout, absentPayout), { type: 'CancelPayout', by: 'can', reason: 'x', at: AT });
const starts: readonly [string, Payout][] = [
  ['queued', payoutQueued.reduce(evolvePayout, absentPayout)],
  ['submitted', payoutSubmitted.reduce(evolvePayout, absentPayout)],
  ['on hold', [...payoutQueued, held].reduce(evolvePayout, absentPayout)],
  ['canceled', canceled(payoutQueued)],
];

/** What must not depend on the order: everything but how the bookings came about. */
const essence = (payout: Payout): string => {
  const { bookings, submitted: _submitted, ...rest } = existing(payout);
  const wallet = { post: 0, void: 1, late_debit: -1, loss: 0, return: 1 };
  const hold = { post: -1, void: -1, late_debit: 0, loss: 0, return: 0 };
  const sum = (weights: object) =>
    bookings.reduce((total, kind) => total + ((weights as Record<string, number>)[kind] ?? NaN), 0);
  const plain = (_name: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value);
  return JSON.stringify([rest, sum(wallet), sum(hold)], plain);
};

/** Walks every telling of up to `depth` of the letters; those of the same letters must agree. */
const walk = (start: Payout, depth: number, repeat: boolean): number => {
  const known = new Map<number, string>();
  let tellings = 0;
  const go = (payout: Payout, told: number, left: number): void => {
    tellings++;
    const now = essence(payout);
    const before = known.get(told) ?? now;
    known.set(told, before);
    if (before !== now) throw new Error(`letters ${told.toString(2)}: ${before} and ${now}`);
    if (left === 0) return;
    letters.forEach((letter, index) => {
      const bit = 1 << index;
      if (repeat || (told & bit) === 0) go(observe(payout, letter), told | bit, left - 1);
    });
  };
  go(start, 0, depth);
  return tellings;
};

describe('observations of a payout', () => {
  it.each(starts)('every order and repetition of up to 4, when %s, ends in one state', (_name, start) => {
    expect(walk(start, 4, true)).toBe(1 + 9 + 9 ** 2 + 9 ** 3 + 9 ** 4);
  });

  it('every permutation of up to 8 different ones ends in one state', () => {
    const submitted = payoutSubmitted.reduce(evolvePayout, absentPayout);
    expect(walk(submitted, 8, false)).toBe(623_530);
  });

  it.each(starts)('long random tellings, when %s, end in one state', (_name, start) =>
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...letters), { minLength: 1, maxLength: 8 }).chain((all) =>
          fc.tuple(
            fc.constant(all),
            fc
              .array(fc.constantFrom(...all), { maxLength: 24 })
              .chain((more) =>
                fc.shuffledSubarray([...all, ...more], { minLength: all.length + more.length }),
              ),
          ),
        ),
        ([once, again]) =>
          expect(essence(again.reduce(observe, start))).toBe(essence(once.reduce(observe, start))),
      ),
      { numRuns: 500 },
    ),
  );
});

describe('a hold that others may end at any time', () => {
  type Others = 'others post' | 'others void' | 'others use the next key';
  type Step = 'ledger' | Others | 'spent' | 'cancel' | Observation;
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<Step>(...letters) },
    { weight: 4, arbitrary: fc.constantFrom<Step>('ledger') },
    { weight: 1, arbitrary: fc.constantFrom<Step>('others post', 'others void', 'spent', 'cancel') },
    { weight: 1, arbitrary: fc.constantFrom<Step>('others use the next key') },
  );

  /** Plays the steps, then lets the ledger work off what it was asked for. */
  const play = (start: Payout, steps: readonly Step[]) => {
    const ledger = new LedgerModel();
    let payout = start;
    const take = (command: PayoutCommand) => {
      const decision = decidePayout(command, payout);
      if (!decision.accepted) return;
      payout = decision.events.reduce(evolvePayout, payout);
    };
    const work = () => {
      const { bookings } = existing(payout);
      const next = bookingIdsOf(existing(payout))[ledger.done];
      const kind = bookings[ledger.done];
      if (next === undefined || kind === undefined) return false;
      const code = ledger.book(kind);
      if (code !== undefined) take({ type: 'RecordRefusedBooking', bookingId: next, code, at: AT });
      return true;
    };
    for (const each of steps) {
      if (each === 'ledger') work();
      else if (each === 'others post' || each === 'others void') ledger.endHold(each);
      else if (each === 'others use the next key') ledger.usedKeys++;
      else if (each === 'spent') ledger.isSpent = !ledger.isSpent;
      else if (each === 'cancel') take({ type: 'CancelPayout', by: 'can', reason: 'x', at: AT });
      else take({ type: 'ObserveOperation', observation: each });
    }
    while (work());
    return { payout: existing(payout), ledger };
  };

  it.each([
    ['queued', payoutQueued.reduce(evolvePayout, absentPayout)],
    ['submitted', payoutSubmitted.reduce(evolvePayout, absentPayout)],
    ['in review', payoutInReview.reduce(evolvePayout, absentPayout)],
  ] as const)('leaves the money where it belongs, when %s', (_name, start) =>
    fc.assert(
      fc.property(fc.array(step, { maxLength: 16 }), (steps) => {
        const { payout, ledger } = play(start, steps);
        if (payout.status === 'paid') expect(ledger.out + ledger.lost).toBe(1);
        if (['failed', 'canceled', 'returned'].includes(payout.status))
          expect(ledger.out + ledger.lost).toBe(0);
        if (['paid', 'failed', 'canceled', 'returned'].includes(payout.status))
          expect(ledger.isHeld).toBe(false);
      }),
      { numRuns: 2_000 },
    ),
  );
});
