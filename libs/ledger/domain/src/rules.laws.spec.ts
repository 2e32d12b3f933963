import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isMet } from './balance-condition.js';
import type { LedgerCommand } from './command.js';
import { EffectiveLows } from './effective-lows.js';
import { noteEvent } from './event-notes.js';
import { decodeEvent, encodeEvent } from './event.wire.js';
import { touchedBalances } from './event.js';
import { decide } from './ledger.decider.js';
import { evolve } from './ledger.evolve.js';
import { type LedgerSettings, LedgerState } from './ledger-state.js';
import type { Monitor } from './monitor.js';

const ASSET = 'TRY/2';
const ACCOUNTS = ['world', 'a', 'b', 'c'] as const;
const AT = '2026-03-01T10:00:00.000000Z';

interface Step {
  readonly kind: 'transfer' | 'hold' | 'capture' | 'void' | 'revert';
  readonly from: string;
  readonly to: string;
  readonly amount: bigint;
  readonly id: number;
  readonly day: number;
}

const step = fc.record<Step>({
  kind: fc.constantFrom('transfer', 'transfer', 'transfer', 'hold', 'capture', 'void', 'revert'),
  from: fc.constantFrom(...ACCOUNTS),
  to: fc.constantFrom(...ACCOUNTS),
  amount: fc.bigInt({ min: 0n, max: 50n }),
  id: fc.integer({ min: 1, max: 10 }),
  day: fc.integer({ min: 1, max: 9 }),
});
// Without the size fast-check keeps lists to about ten steps: too few for a hold to matter.
const steps = fc.array(step, { minLength: 10, maxLength: 60, size: 'max' });

const dayOf = (day: number): string => `2026-02-0${day}T00:00:00.000000Z`;

const toCommand = ({ kind, from, to, amount, id }: Step, mirrored = false): LedgerCommand => {
  switch (kind) {
    case 'transfer':
    case 'hold':
      return {
        type: 'CreateTransaction',
        postings: [{ source: mirrored ? to : from, destination: mirrored ? from : to, asset: ASSET, amount }],
        metadata: {},
        pending: kind === 'hold',
        force: false,
      };
    case 'capture':
      return { type: 'PostHold', hold: { id }, remainder: 'release' };
    case 'void':
      return { type: 'VoidHold', hold: { id } };
    case 'revert':
      return {
        type: 'RevertTransaction',
        transaction: { id },
        force: false,
        atEffectiveDate: false,
        metadata: {},
      };
  }
};

const ledger = (settings: Partial<LedgerSettings> = {}) =>
  new LedgerState({ strict: false, accountTypes: [], ...settings }, 0);

/** Every figure of the ledger; in the mirror what came in stands for what went out. */
const figures = (state: LedgerState, mirrored = false): string =>
  ACCOUNTS.map((account) => {
    const { input, output, pendingIn, pendingOut } = state.balance(account, ASSET);
    const sides = mirrored ? [output, input, pendingOut, pendingIn] : [input, output, pendingIn, pendingOut];
    return `${account} ${sides.join(' ')}`;
  }).join('; ');

/** Decides and applies; whether it was accepted. */
const apply = (state: LedgerState, command: LedgerCommand): boolean => {
  const decision = decide(command, state, AT);
  if (decision.accepted) for (const event of decision.events) evolve(state, event);
  return decision.accepted;
};

describe('for any commands', () => {
  it('a ledger of debit-normal accounts decides as one of credit-normal ones does, mirrored', () => {
    const debit = (pattern: string) => ({
      pattern,
      normalSide: 'debit' as const,
      overdraft: 0n,
      closed: false,
    });
    fc.assert(
      fc.property(steps, (all) => {
        const credit = ledger();
        const mirror = ledger({ accountTypes: ['a', 'b', 'c'].map(debit) });
        for (const each of all) {
          expect(apply(mirror, toCommand(each, true))).toBe(apply(credit, toCommand(each)));
          expect(figures(mirror, true)).toBe(figures(credit));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('shadow mode accepts and marks exactly what enforcement would refuse for funds', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const state = ledger({ mode: 'shadow' });
        for (const each of all) {
          const command = toCommand(each);
          // The same balances, asked by a ledger that enforces.
          const enforcing = ledger();
          for (const account of ACCOUNTS) enforcing.setBalance(account, ASSET, state.balance(account, ASSET));
          const decision = decide(command, state, AT);
          if (command.type === 'CreateTransaction') {
            const strict = decide(command, enforcing, AT);
            expect(decision.accepted).toBe(true);
            const [event] = decision.accepted ? decision.events : [];
            const mark = event?.type === 'TransactionCreated' ? event.transaction.wouldRefuse : undefined;
            expect(mark?.code).toBe(strict.accepted ? undefined : strict.refusal.code);
          }
          if (decision.accepted) for (const event of decision.events) evolve(state, event);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('the turns of a monitor are those of its condition, and survive the stored form', () => {
    const monitors: Monitor[] = [
      { id: 'm1', account: 'a', asset: ASSET, balance: 'available', op: 'lt', amount: 20n },
      { id: 'm2', account: 'a', asset: ASSET, balance: 'posted', op: 'gte', amount: 30n },
      { id: 'm3', account: 'world', asset: ASSET, balance: 'posted', op: 'lt', amount: -60n },
    ];
    fc.assert(
      fc.property(steps, (all) => {
        const state = ledger({ monitors });
        const truth = () =>
          new Map(monitors.map((each) => [each.id, isMet(each, state.balance(each.account, ASSET))]));
        let told = truth();
        for (const each of all) {
          const command = toCommand(each);
          const decision = decide(command, state, AT);
          const [event] = decision.accepted ? decision.events : [];
          if (event === undefined) continue;
          const notesAfter = noteEvent(command, state, touchedBalances(event));
          evolve(state, event);
          const payload = encodeEvent(event, state, notesAfter?.());
          const { monitors: turns = [] } = decodeEvent(event.type, JSON.parse(payload));
          for (const { id, turned } of turns) {
            expect(told.get(id)).toBe(!turned);
            told = new Map(told).set(id, turned);
          }
          expect(told).toEqual(truth());
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('where every state counts', () => {
  /** All that moved, by effective time; the reference adds it up anew for every question. */
  type Moved = { readonly at: string; readonly account: string; readonly amount: bigint }[];
  const totalAt = (moved: Moved, account: string, at: string) =>
    moved.reduce((sum, each) => sum + (each.account === account && each.at <= at ? each.amount : 0n), 0n);
  const staysAbove = (moved: Moved, account: string): boolean =>
    moved.every(({ at }) => totalAt(moved, account, at) >= 0n);
  /** The past as the engine loads it for a batch. */
  const pastOf = (moved: Moved, batch: readonly Step[]): EffectiveLows => {
    const lows = new EffectiveLows();
    const cuts = [...new Set(batch.map(({ day }) => dayOf(day)))].sort();
    for (const account of ['a', 'b', 'c']) {
      const each = cuts.map((since, index) => {
        const until = cuts[index + 1] ?? AT;
        const inside = moved.map(({ at }) => at).filter((at) => at > since && at < until);
        const totals = [since, ...inside].map((at) => totalAt(moved, account, at));
        return { since, low: totals.reduce((low, total) => (total < low ? total : low)) };
      });
      lows.set(account, ASSET, each);
    }
    return lows;
  };

  it('a backdated transaction is accepted when no state falls below zero, in any batches', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { maxLength: 8, size: 'max' }),
        (batches) => {
          const state = ledger({ backdating: 'every-state' });
          let moved: Moved = [];
          for (const batch of batches) {
            state.setLows(pastOf(moved, batch));
            for (const { from, to, amount, day } of batch) {
              const timestamp = dayOf(day);
              const command = { ...toCommand({ kind: 'transfer', from, to, amount, id: 0, day }), timestamp };
              const next = [
                ...moved,
                { at: timestamp, account: from, amount: from === to ? 0n : -amount },
                { at: timestamp, account: to, amount: from === to ? 0n : amount },
              ];
              const allowed = from === 'world' || staysAbove(next, from);
              expect(apply(state, command as LedgerCommand)).toBe(allowed);
              if (allowed) moved = next;
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
