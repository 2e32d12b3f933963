import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Destination, Program, Source, Statement, Target, Written } from './ast.js';
import type { Movement, Run } from './interpret.js';
import { completeShares, divide } from './portion.js';
import { print } from './print.js';
import { balances, runnableProgram } from './script.fixture.js';
import { Script } from './script.js';

type Balances = ReadonlyMap<string, bigint>;

const run = (program: Program, given: Balances, floor: bigint | null = 0n): Run =>
  Script.of(print(program), {}).run({
    available: (account) => given.get(account) ?? 0n,
    floor: (account) => (account === 'world' ? null : floor),
    arrives: true,
  });

const sum = (movements: readonly Movement[], of: (movement: Movement) => boolean = () => true): bigint =>
  movements.reduce((total, each) => total + (of(each) ? each.amount : 0n), 0n);

const keeps = (target: Target<Written> | Destination<Written>): boolean => {
  if (target.kind === 'kept') return true;
  if (target.kind === 'account') return false;
  if (target.kind === 'allotted') return target.parts.some(({ of }) => keeps(of));
  return keeps(target.rest) || target.caps.some((each) => keeps(each.target));
};

const asked = (statement: Statement): bigint => {
  if (statement.kind !== 'send' || statement.amount.kind === 'all') throw new Error('Not an amount');
  const { money } = statement.amount;
  return money.kind === 'monetary' && money.amount.kind === 'number' ? BigInt(money.amount.text) : 0n;
};

const sends = ({ statements }: Program) => statements.flatMap((each) => (each.kind === 'send' ? [each] : []));

/** The most that a source may give to one statement by its caps alone; null is without end. */
const most = (source: Source<Written>): bigint | null => {
  switch (source.kind) {
    case 'account':
      return null;
    case 'capped': {
      const { cap } = source;
      const own = cap.kind === 'monetary' && cap.amount.kind === 'number' ? BigInt(cap.amount.text) : 0n;
      const inner = most(source.source);
      return inner === null || own < inner ? own : inner;
    }
    case 'ordered':
    case 'allotted': {
      const parts = source.kind === 'ordered' ? source.sources : source.parts.map(({ of }) => of);
      return parts.map(most).reduce((a, b) => (a === null || b === null ? null : a + b), 0n);
    }
  }
};

describe('a run', () => {
  it('moves what was asked for, unless a part is kept', () => {
    fc.assert(
      fc.property(runnableProgram, balances, (program, given) => {
        const result = run(program, given);
        fc.pre(result.moved);
        const wanted = sends(program).reduce((total, each) => total + asked(each), 0n);
        const kept = sends(program).some(({ destination }) => keeps(destination));
        if (kept) expect(sum(result.movements) <= wanted).toBe(true);
        else expect(sum(result.movements)).toBe(wanted);
        expect(result.movements.every(({ amount, asset }) => amount > 0n && asset === 'TRY/2')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('takes from no account more than it has, in any prefix of its movements', () => {
    fc.assert(
      fc.property(runnableProgram, balances, fc.bigInt({ min: -100n, max: 0n }), (program, given, floor) => {
        const result = run(program, given, floor);
        fc.pre(result.moved);
        const now = new Map(given);
        for (const { source, destination, amount } of result.movements) {
          now.set(source, (now.get(source) ?? 0n) - amount);
          now.set(destination, (now.get(destination) ?? 0n) + amount);
          if (source !== 'world')
            expect((now.get(source) ?? 0n) >= floor || source === destination).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('lets an account go no lower than the script says, however far its floor is', () => {
    fc.assert(
      fc.property(
        balances,
        fc.bigInt({ min: 0n, max: 99n }),
        fc.bigInt({ min: 0n, max: 99n }),
        (given, limit, n) => {
          const source = `@a allowing overdraft up to [TRY/2 ${limit}]`;
          const text = `send [TRY/2 ${n}] (source = ${source} destination = @b)`;
          const has = given.get('a') ?? 0n;
          const result = Script.of(text, {}).run({ available: () => has, floor: () => null, arrives: true });
          expect(result.moved).toBe(n === 0n || has - n >= -limit);
        },
      ),
    );
  });

  it('takes no more than the caps allow', () => {
    fc.assert(
      fc.property(runnableProgram, balances, (program, given) => {
        const result = run(program, given, null);
        for (const each of sends(program)) {
          const cap = most(each.source);
          if (cap !== null && cap < asked(each)) expect(result.moved).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('has no more movements than the script says, on no other accounts', () => {
    fc.assert(
      fc.property(runnableProgram, balances, (program, given) => {
        const script = Script.of(print(program), {});
        const result = run(program, given, null);
        fc.pre(result.moved);
        const known = new Set(script.balances.map(([account]) => account));
        expect(result.movements.length).toBeLessThanOrEqual(script.mostPostings);
        expect(result.movements.every((each) => known.has(each.source) && known.has(each.destination))).toBe(
          true,
        );
      }),
    );
  });

  it('says who was short, and by how much', () => {
    fc.assert(
      fc.property(runnableProgram, balances, (program, given) => {
        const result = run(program, given);
        fc.pre(!result.moved);
        expect(result.shortage.available < result.shortage.needed).toBe(true);
        expect(result.shortage.available >= 0n).toBe(true);
        expect(given.has(result.shortage.account)).toBe(true);
      }),
    );
  });
});

describe('shares', () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 70n });
  const share = fc
    .tuple(fc.bigInt({ min: 0n, max: 50n }), fc.bigInt({ min: 5000n, max: 9999n }))
    .map(([numerator, denominator]) => ({ numerator, denominator }));

  it('add up to the whole, each less than one unit from its exact part', () => {
    fc.assert(
      fc.property(amount, fc.array(share, { maxLength: 30 }), fc.nat(), (whole, given, place) => {
        const at = place % (given.length + 1);
        const shares = completeShares([...given.slice(0, at), 'remaining', ...given.slice(at)]) ?? [];
        const parts = divide(whole, shares);
        expect(parts.reduce((total, part) => total + part, 0n)).toBe(whole);
        shares.forEach(({ numerator, denominator }, index) => {
          const off = (parts[index] ?? 0n) * denominator - whole * numerator;
          expect(off < denominator && off > -denominator).toBe(true);
        });
      }),
    );
  });
});
