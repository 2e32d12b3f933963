import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LedgerCommand } from './command.js';
import type { LedgerEvent } from './event.js';
import { decodeEvent, encodeEvent } from './event.wire.js';
import { decide } from './ledger.decider.js';
import { evolve } from './ledger.evolve.js';
import { availableOf, postedOf } from './balance.js';
import { LedgerState } from './ledger-state.js';
import { type ModelCommand, ModelLedger } from './model-ledger.js';

const ASSET = 'TRY/2';
const ACCOUNTS = ['world', 'a', 'b', 'c'] as const;
const AT = '2026-03-01T10:00:00.000000Z';

const account = fc.constantFrom(...ACCOUNTS);
const amount = fc.bigInt({ min: 0n, max: 200n });
const commands = fc.array(
  fc.record({
    kind: fc.constantFrom<ModelCommand['kind']>('transfer', 'transfer', 'hold', 'capture', 'void', 'revert'),
    from: account,
    to: account,
    amount,
    id: fc.integer({ min: 1, max: 12 }),
  }),
  // Without the size fast-check keeps lists to about ten steps: too few for holds and reversals to meet.
  { maxLength: 40, size: 'max' },
);

const toCommand = (
  { kind, from = '', to = '', amount: value = 0n, id = 1 }: ModelCommand,
  model: ModelLedger,
): LedgerCommand => {
  switch (kind) {
    case 'transfer':
    case 'hold':
      return {
        type: 'CreateTransaction',
        postings: [{ source: from, destination: to, asset: ASSET, amount: value }],
        metadata: {},
        pending: kind === 'hold',
        force: false,
      };
    case 'capture':
      return {
        type: 'PostHold',
        hold: { id },
        remainder: 'release',
        amounts: [{ source: model.sourceOf(id), asset: ASSET, amount: value }],
      };
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

const figures = (state: LedgerState): string =>
  ACCOUNTS.map((name) => {
    const balance = state.balance(name, ASSET);
    return `${name} ${postedOf(balance)} ${balance.pendingOut} ${balance.pendingIn}`;
  }).join('; ');

const fresh = () => new LedgerState({ strict: false, accountTypes: [] }, 0);

describe('for any commands', () => {
  it('the ledger decides and reckons as the model; sums are zero; no account is below its floor', () => {
    fc.assert(
      fc.property(commands, (steps) => {
        const state = fresh();
        const model = new ModelLedger();
        for (const step of steps) {
          const before = figures(state);
          const decision = decide(toCommand(step, model), state, AT);
          expect(decision.accepted).toBe(model.apply(step));
          if (decision.accepted) for (const event of decision.events) evolve(state, event);
          else expect(figures(state)).toBe(before);
          let sum = 0n;
          for (const name of ACCOUNTS) {
            const balance = state.balance(name, ASSET);
            sum += postedOf(balance);
            expect([name, postedOf(balance), availableOf(balance)]).toEqual([
              name,
              model.posted(name),
              model.available(name),
            ]);
            if (name !== 'world') expect(availableOf(balance) >= 0n).toBe(true);
          }
          expect(sum).toBe(0n);
          expect(state.lastTransactionId).toBe(model.transactions);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('the stored events, read back and folded, give the same ledger to the digit', () => {
    fc.assert(
      fc.property(commands, (steps) => {
        const state = fresh();
        const model = new ModelLedger();
        const stored: { type: LedgerEvent['type']; payload: string }[] = [];
        for (const step of steps) {
          const decision = decide(toCommand(step, model), state, AT);
          model.apply(step);
          if (!decision.accepted) continue;
          for (const event of decision.events) {
            evolve(state, event);
            stored.push({ type: event.type, payload: encodeEvent(event, state) });
          }
        }
        const again = fresh();
        for (const { type, payload } of stored) {
          const { event, after } = decodeEvent(type, JSON.parse(payload));
          evolve(again, event);
          expect(encodeEvent(event, again)).toBe(payload);
          for (const { account: name, input, output } of after)
            expect(postedOf(again.balance(name, ASSET))).toBe(input - output);
        }
        expect(figures(again)).toBe(figures(state));
      }),
      { numRuns: 200 },
    );
  });

  it('what is taken back after a mark leaves no trace', () => {
    fc.assert(
      fc.property(commands, commands, (kept, undone) => {
        const state = fresh();
        const model = new ModelLedger();
        const run = (steps: readonly ModelCommand[]) => {
          for (const step of steps) {
            const decision = decide(toCommand(step, model), state, AT);
            if (decision.accepted) for (const event of decision.events) evolve(state, event);
          }
        };
        run(kept);
        const before = figures(state);
        const lastId = state.lastTransactionId;
        state.mark();
        run(undone);
        state.takeBack();
        expect(figures(state)).toBe(before);
        expect(state.lastTransactionId).toBe(lastId);
        for (let id = 1; id <= 60; id++) expect(state.transaction({ id }) !== undefined).toBe(id <= lastId);
      }),
      { numRuns: 200 },
    );
  });
});
