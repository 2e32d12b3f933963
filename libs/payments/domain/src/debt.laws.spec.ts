import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  absentIntent,
  type BookingPlan,
  decideIntent,
  type ExistingIntent,
  type IntentBooking,
  type IntentCommand,
  type IntentEvent,
  type ObservedResult,
  owedMinor,
  pauseMs,
  planOf,
} from './index.js';
import { DEBT, DisputeLedger, RECEIVABLE, WALLET } from './testing/dispute-ledger.js';
import { AT, intentFacts, operation, seen } from './testing/samples.js';
import { apply, replay } from './testing/tellings.js';

const paid: readonly IntentEvent[] = [
  { type: 'PaymentIntentCreated', ...intentFacts, at: AT },
  { type: 'AttemptStarted', operation: operation('sale', 'op_s'), at: AT },
  {
    ...{ type: 'OperationSucceeded', operationId: 'op_s', result: 'succeeded', source: 'answer' },
    ...{ providerRef: null, declineCode: null, at: AT },
  },
];
const told = (result: ObservedResult, change: object = {}): IntentCommand => {
  const { operationId: _, ...observation } = seen(result, change);
  return {
    ...{ type: 'ObserveDispute', disputedOperationId: 'op_s', disputeId: 'du_1', operationId: 'op_d' },
    ...{ amountMinor: 1000n, observation },
  };
};

/** Payments and the ledger beside each other: what is asked waits in a queue, in its order. */
class World {
  intent: ExistingIntent;
  readonly ledger: DisputeLedger;
  private readonly asked: { readonly booking: IntentBooking; readonly plan: BookingPlan }[] = [];
  private readonly refused: Extract<IntentCommand, { readonly type: 'RecordRefusedBooking' }>[] = [];
  given = 0n;

  constructor(fundsMinor: bigint) {
    this.ledger = new DisputeLedger(fundsMinor);
    this.given = fundsMinor;
    const intent = replay(paid, absentIntent);
    if (intent.status === 'absent') throw new Error('absent');
    this.intent = intent;
  }

  run(command: IntentCommand): void {
    const decision = decideIntent(command, this.intent);
    if (!decision.accepted) throw new Error(decision.refusal.code);
    this.intent = apply(this.intent, command) as ExistingIntent;
    for (const event of decision.events)
      if (event.type === 'BookingRequested')
        this.asked.push({ booking: event, plan: planOf(this.intent, event) });
  }

  /** The ledger answers to the next one; a refusal is told, and told again whenever. */
  answer(): boolean {
    const next = this.asked.shift();
    if (next === undefined) return false;
    const code = this.ledger.book(next.plan);
    if (code === undefined) return true;
    this.refused.push({ type: 'RecordRefusedBooking', bookingId: next.booking.bookingId, code, at: AT });
    this.tellAgain();
    return true;
  }

  tellAgain(): void {
    const last = this.refused.at(-1);
    if (last !== undefined) this.run(last);
  }

  /** As the job does of what nothing came of: the ledger knows of debts then. */
  askAgain(): void {
    this.ledger.knowsDebts = true;
    for (const each of this.refused) this.run({ ...each, isAgain: true });
  }

  /** As the job does: not while a part waits for the ledger; what it was told of funds may be old. */
  collect(availableMinor: bigint): void {
    const isMoving = this.asked.some(({ booking }) => ['recovery', 'repayment'].includes(booking.kind));
    if (isMoving) return;
    this.run({ type: 'CollectDebt', operationId: 'op_d', availableMinor, at: AT });
  }

  deposit(amountMinor: bigint): void {
    this.given += amountMinor;
    this.ledger.add(WALLET, amountMinor);
  }

  spend(): void {
    const { available } = this.ledger;
    this.given -= available;
    this.ledger.add(WALLET, -available);
  }

  /** All that was asked is answered. */
  settle(): void {
    do {
      while (this.answer());
      this.askAgain();
    } while (this.asked.length > 0);
  }

  /** What the payee bore of it so far, wherever it is booked. */
  get borneMinor(): bigint {
    return this.given - this.ledger.of(WALLET) - this.ledger.of(DEBT);
  }

  get owed(): bigint {
    const [dispute] = this.intent.disputes;
    const disputed = this.intent.operations.find(({ operationId }) => operationId === 'op_d');
    return dispute === undefined || disputed === undefined ? 0n : owedMinor(dispute, disputed);
  }

  get quarantine(): readonly string[] {
    return this.intent.operations.flatMap(({ quarantine }) => quarantine);
  }

  get isLost(): boolean {
    return this.intent.operations.some(
      ({ operationId, result }) => operationId === 'op_d' && result === 'succeeded',
    );
  }
}

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

describe('a debt', () => {
  const indebted = (): World => {
    const world = new World(0n);
    world.run(told('pending'));
    world.settle();
    world.run(told('succeeded'));
    world.settle();
    return world;
  };
  const kindsOf = ({ intent }: World) => intent.disputes[0]?.bookings;

  it('is all of the dispute, though the payee has a part: that is taken at once', () => {
    const world = new World(400n);
    world.run(told('pending'));
    world.run(told('succeeded'));
    world.settle();
    expect(kindsOf(world)).toEqual(['hold', 'post', 'late_debit', 'debt']);
    expect(world.owed).toBe(1000n);
    world.collect(world.ledger.available);
    world.settle();
    expect([world.owed, world.ledger.of(WALLET), world.ledger.of(DEBT)]).toEqual([600n, 0n, -600n]);
  });

  it('is taken in parts, each once, and not beyond what is owed', () => {
    const world = indebted();
    for (const comes of [300n, 0n, 699n, 1n, 50n]) {
      world.deposit(comes);
      world.collect(world.ledger.available);
      world.settle();
    }
    expect(world.intent.disputes[0]?.debtMoves).toEqual([
      { bookingId: 'dispute:op_d:recovery', amountMinor: 300n, isRefused: false },
      { bookingId: 'dispute:op_d:recovery:2', amountMinor: 699n, isRefused: false },
      { bookingId: 'dispute:op_d:recovery:3', amountMinor: 1n, isRefused: false },
    ]);
    expect([world.owed, world.ledger.of(WALLET)]).toEqual([0n, 50n]);
  });

  it('of which a part is refused, because the money was spent, is owed as before', () => {
    const world = indebted();
    world.deposit(300n);
    world.collect(world.ledger.available);
    world.spend();
    world.settle();
    expect(world.owed).toBe(1000n);
    expect(world.ledger.of(DEBT)).toBe(-1000n);
  });

  it('is asked for again at once after one refusal for want of funds, then after ever longer pauses', () => {
    const minute = 60_000;
    const pausesAfter = (...refusals: readonly (string | undefined)[]): number =>
      pauseMs({
        debtMoves: refusals.map((refusal, nth) => ({
          ...{ bookingId: `${nth}`, amountMinor: 1n, isRefused: refusal !== undefined },
          ...(refusal !== undefined && { refusal }),
        })),
      });
    const [funds, closed] = ['insufficient-funds', 'account-closed'];
    expect(pausesAfter()).toBe(0);
    expect(pausesAfter(funds, undefined)).toBe(0);
    expect(pausesAfter(closed, funds)).toBe(0);
    expect(pausesAfter(funds, undefined, funds)).toBe(0);
    expect(pausesAfter(funds, funds)).toBe(minute);
    expect(pausesAfter(funds, funds, funds)).toBe(2 * minute);
    expect(pausesAfter(...Array<string>(20).fill(funds))).toBe(64 * minute);
    expect(pausesAfter(closed)).toBe(60 * minute);
    expect(pausesAfter(funds, closed, 'ledger-closed')).toBe(120 * minute);
    expect(pausesAfter(closed, undefined, closed)).toBe(60 * minute);
    expect(pausesAfter(...Array<string>(20).fill(closed))).toBe(64 * 60 * minute);
  });

  it('that the provider gave back is none, and what was taken of it is repaid', () => {
    const world = indebted();
    world.deposit(300n);
    world.collect(world.ledger.available);
    world.settle();
    world.run(told('returned'));
    expect(world.intent.disputes[0]?.status).toBe('won');
    expect(world.owed).toBe(-300n);
    world.settle();
    world.collect(0n);
    world.settle();
    expect([world.owed, world.ledger.of(WALLET), world.ledger.of(DEBT)]).toEqual([0n, 300n, 0n]);
  });

  it.each([
    ['its decision', ['failed', 'returned']],
    ['the money', ['returned', 'failed']],
    ['only the money', ['returned']],
  ] as const)('of a dispute that is won on appeal is none, whether %s is heard first', (_, said) => {
    const world = indebted();
    world.deposit(300n);
    world.collect(world.ledger.available);
    world.settle();
    world.run(told('pending', { isUnderReview: true }));
    expect(world.owed).toBe(700n);
    for (const result of said) world.run(told(result));
    world.settle();
    world.collect(0n);
    world.settle();
    expect(kindsOf(world)?.slice(-2)).toEqual(['return', 'repayment']);
    expect([world.owed, world.ledger.of(WALLET), world.ledger.of(RECEIVABLE)]).toEqual([0n, 300n, 0n]);
    expect(world.quarantine).toEqual([]);
  });

  it('and what was held are given back by an appeal; until it is back, people see that it isn’t', () => {
    const world = new World(1_000n);
    for (const result of ['pending', 'succeeded'] as const) world.run(told(result));
    world.settle();
    expect(world.ledger.of(WALLET)).toBe(0n);
    world.run(told('failed'));
    world.settle();
    expect([world.ledger.of(WALLET), world.quarantine]).toEqual([0n, ['failed-and-succeeded']]);
    world.run(told('returned'));
    world.settle();
    expect(kindsOf(world)).toEqual(['hold', 'post', 'return']);
    expect([world.ledger.of(WALLET), world.quarantine]).toEqual([1_000n, []]);
  });

  it('is none of a dispute that is won at once: what was held is given back, and nobody is called', () => {
    for (const said of [['returned'], ['failed', 'returned'], ['returned', 'failed']] as const) {
      const world = new World(1_000n);
      world.run(told('pending'));
      for (const result of said) world.run(told(result));
      world.settle();
      expect([world.ledger.available, world.ledger.of(RECEIVABLE), world.quarantine]).toEqual([
        ...[1_000n, 0n, []],
      ]);
    }
  });

  it('that the ledger has no funds for, because it knows of no debts yet, is asked again and no loss', () => {
    const world = new World(0n);
    world.ledger.knowsDebts = false;
    for (const result of ['pending', 'succeeded'] as const) world.run(told(result));
    while (world.answer());
    world.tellAgain();
    expect(kindsOf(world)?.at(-1)).toBe('debt');
    expect([world.owed, world.ledger.of(RECEIVABLE)]).toEqual([1000n, 0n]);
    for (const _ of [1, 2]) world.askAgain();
    world.settle();
    expect(kindsOf(world)?.filter((kind) => kind === 'debt' || kind === 'loss')).toEqual(['debt', 'debt']);
    expect([world.owed, world.ledger.of(DEBT), world.ledger.of(RECEIVABLE)]).toEqual([1000n, -1000n, 1000n]);
  });

  it('that the ledger refuses to book is our loss', () => {
    const world = indebted();
    const refusal = {
      type: 'RecordRefusedBooking',
      bookingId: 'dispute:op_d:debt',
      code: 'x',
      at: AT,
    } as const;
    world.run(refusal);
    world.run(refusal);
    expect(kindsOf(world)).toEqual(['hold', 'late_debit', 'debt', 'loss']);
    expect(world.owed).toBe(0n);
  });
});
