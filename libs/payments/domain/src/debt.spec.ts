import { describe, expect, it } from '@jest/globals';
import { pauseMs } from './index.js';
import { DEBT, RECEIVABLE, WALLET } from './testing/dispute-ledger.js';
import { told, World } from './testing/dispute-world.js';
import { AT } from './testing/samples.js';

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
