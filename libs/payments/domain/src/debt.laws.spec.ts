import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEBT, RECEIVABLE, WALLET } from './testing/dispute-ledger.js';
import { told, World } from './testing/dispute-world.js';

type Step = (world: World) => void;
const steps: Readonly<Record<string, Step>> = {
  inquiry: (world) => world.run(told('pending', { isInquiry: true })),
  opened: (world) => world.run(told('pending')),
  appealed: (world) => world.run(told('pending', { isUnderReview: true })),
  won: (world) => world.run(told('failed')),
  lost: (world) => world.run(told('succeeded')),
  'given back': (world) => world.run(told('returned')),
  'ledger answers': (world) => void world.answer(),
  'ledger answers again': (world) => void world.answer(),
  'told again': (world) => world.tellAgain(),
  'the ledger is of before': (world) => void (world.ledger.knowsDebts = false),
  'asked again': (world) => world.askAgain(),
  'others use the next key': (world) => void world.ledger.usedKeys++,
  'a little comes': (world) => world.deposit(300n),
  'much comes': (world) => world.deposit(2_000n),
  'all is spent': (world) => world.spend(),
  collected: (world) => world.collect(world.ledger.available),
  'collected by an old balance': (world) => world.collect(700n),
};
const histories = fc.array(fc.constantFrom(...Object.keys(steps)), { maxLength: 24 });

const play = (fundsMinor: bigint, history: readonly string[]): World => {
  const world = new World(fundsMinor);
  for (const name of history) {
    steps[name]?.(world);
    // Never more than the dispute, whatever is asked for at the same time.
    expect(world.ledger.of(WALLET) >= 0n).toBe(true);
    expect(world.owed <= 1000n).toBe(true);
  }
  return world;
};

describe('a lost dispute, whatever the payee has, and in whatever order things are told and answered', () => {
  it('leaves the receivable once if and only if it is lost; what the payee lacks is their debt', () =>
    fc.assert(
      fc.property(fc.bigInt(0n, 1_200n), histories, (fundsMinor, history) => {
        const world = play(fundsMinor, history);
        world.settle();
        // Nothing stays locked; an inquiry that was opened is held as long as nobody decides.
        if (world.isDecided) expect(world.ledger.isHeld).toBe(false);
        expect(world.ledger.of(RECEIVABLE)).toBe(world.isLost ? 1000n : 0n);
        expect(world.borneMinor).toBe(world.isLost ? 1000n : 0n);
        expect(world.ledger.of('fees:losses')).toBe(0n);
        expect(world.ledger.of(DEBT)).toBe(-world.owed);
        const ids = (world.intent.disputes[0]?.debtMoves ?? []).map(({ bookingId }) => bookingId);
        expect(new Set(ids).size).toBe(ids.length);
        // Given back, nothing that was said before contradicts it.
        const result = world.intent.operations.find(({ operationId }) => operationId === 'op_d')?.result;
        if (result === 'returned') expect(world.quarantine).toEqual([]);
      }),
      { numRuns: 5_000 },
    ));

  it('is borne by the payee to the last unit once they have it, and the debt is nothing then', () =>
    fc.assert(
      fc.property(fc.bigInt(0n, 1_200n), histories, (fundsMinor, history) => {
        const world = play(fundsMinor, history);
        world.settle();
        world.deposit(5_000n);
        for (let round = 0; round < 3; round++) {
          world.collect(world.ledger.available);
          world.settle();
        }
        expect(world.owed).toBe(0n);
        expect(world.ledger.of(DEBT)).toBe(0n);
        expect(world.ledger.of(WALLET)).toBe(world.given - (world.isLost ? 1000n : 0n));
      }),
      { numRuns: 5_000 },
    ));
});
