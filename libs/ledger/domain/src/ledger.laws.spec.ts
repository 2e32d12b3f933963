import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LedgerCommand } from './command.js';
import type { LedgerEvent } from './event.js';
import { decodeEvent, encodeEvent } from './event.wire.js';
import { decide, type LedgerDecision } from './ledger.decider.js';
import { evolve } from './ledger.evolve.js';
import { availableOf, postedOf } from './balance.js';
import { LedgerState } from './ledger-state.js';
import type { ModelCommand } from './model-command.js';
import { ModelLedger } from './model-ledger.js';

const ASSET = 'TRY/2';
const ACCOUNTS = ['world', 'a', 'b', 'c'] as const;

const AMOUNTS = { min: 0n, max: 200n };
const posting = fc.record({
  from: fc.constantFrom(...ACCOUNTS),
  to: fc.constantFrom(...ACCOUNTS),
  asset: fc.constant(ASSET),
  amount: fc.bigInt(AMOUNTS),
});
const optional = { requiredKeys: ['kind', 'postings'] as ['kind', 'postings'] };
const create = fc.record(
  {
    kind: fc.constant('create' as const),
    postings: fc.array(posting, { minLength: 1, maxLength: 3 }),
    pending: fc.boolean(),
    expiresIn: fc.constantFrom(1, 1000),
    reference: fc.constantFrom('r1', 'r2', 'r3', 'r4', 'r5'),
    timestamp: fc.constant('2026-02-01T00:00:00.000000Z'),
    force: fc.constantFrom(false, false, false, true),
    conditions: fc.array(
      fc.record({
        account: fc.constantFrom(...ACCOUNTS),
        asset: fc.constant(ASSET),
        balance: fc.constantFrom('posted' as const, 'available' as const),
        op: fc.constantFrom('lt' as const, 'lte' as const, 'eq' as const, 'gte' as const, 'gt' as const),
        amount: fc.bigInt({ min: -50n, max: 150n }),
      }),
      { maxLength: 1 },
    ),
  },
  optional,
);
const id = fc.integer({ min: 1, max: 12 });
const part = fc.record({
  from: fc.constantFrom(...ACCOUNTS),
  asset: fc.constant(ASSET),
  amount: fc.bigInt(AMOUNTS),
});
const capture = fc.record(
  {
    kind: fc.constant('capture' as const),
    id,
    parts: fc.array(part, { minLength: 1, maxLength: 2 }),
    keep: fc.boolean(),
  },
  { requiredKeys: ['kind', 'id'] },
);
const later = fc.oneof(
  capture,
  fc.record({ kind: fc.constantFrom('void' as const, 'expire' as const), id }),
  fc.record({ kind: fc.constant('revert' as const), id, force: fc.boolean(), atEffectiveDate: fc.boolean() }),
);
const commands: fc.Arbitrary<ModelCommand[]> = fc.array(
  fc.oneof(create, create, later),
  // Without the size fast-check keeps lists to about ten steps: too few for holds and reversals to meet.
  { maxLength: 40, size: 'max' },
);

const toCommand = (command: ModelCommand): LedgerCommand => {
  switch (command.kind) {
    case 'create': {
      const {
        postings,
        pending = false,
        force = false,
        expiresIn,
        reference,
        timestamp,
        conditions,
      } = command;
      return {
        type: 'CreateTransaction',
        postings: postings.map(({ from: source, to: destination, ...rest }) => ({
          source,
          destination,
          ...rest,
        })),
        metadata: {},
        pending,
        force,
        ...(expiresIn === undefined ? {} : { expiresInSeconds: expiresIn }),
        ...(reference === undefined ? {} : { reference }),
        ...(timestamp === undefined ? {} : { timestamp }),
        ...(conditions === undefined ? {} : { conditions }),
      };
    }
    case 'capture': {
      const { id, parts, keep = false } = command;
      const amounts = parts?.map(({ from: source, ...rest }) => ({ source, ...rest }));
      const remainder = keep ? ('keep' as const) : ('release' as const);
      return { type: 'PostHold', hold: { id }, remainder, ...(amounts === undefined ? {} : { amounts }) };
    }
    case 'void':
      return { type: 'VoidHold', hold: { id: command.id } };
    case 'expire':
      return { type: 'ExpireHold', hold: { id: command.id } };
    case 'revert': {
      const { id, force = false, atEffectiveDate = false } = command;
      return { type: 'RevertTransaction', transaction: { id }, force, atEffectiveDate, metadata: {} };
    }
    default:
      throw new Error(`The laws try no ${command.kind}`);
  }
};

/** A step every two seconds: some holds expire. */
const timeOf = (index: number): string => {
  const time = new Date(Date.parse('2026-03-01T10:00:00Z') + index * 2_000).toISOString();
  return `${time.slice(0, 19)}.000001Z`;
};

const figures = (state: LedgerState): string =>
  ACCOUNTS.map((name) => {
    const balance = state.balance(name, ASSET);
    return `${name} ${postedOf(balance)} ${balance.pendingOut} ${balance.pendingIn}`;
  }).join('; ');

const fresh = () => new LedgerState({ strict: false, accountTypes: [] }, 0);

/** What a refusal says, as the model says it; the limits that no money passed are not compared here. */
const answerOf = (decision: LedgerDecision): unknown =>
  decision.accepted ? true : { ...decision.refusal, ...('transaction' in decision.refusal ? NAMED : {}) };
const NAMED = { transaction: undefined };

const modelAnswer = (model: ModelLedger, command: ModelCommand, at: string): unknown => {
  const answer = model.apply(command, at);
  return answer.ok ? true : { code: answer.code, ...answer.facts };
};

describe('for any commands', () => {
  it('the ledger decides and reckons as the model; sums are zero; no account is below its floor', () => {
    fc.assert(
      fc.property(commands, (steps) => {
        const state = fresh();
        const model = new ModelLedger();
        for (const [index, step] of steps.entries()) {
          const at = timeOf(index);
          const before = figures(state);
          const low = ACCOUNTS.map((name) => availableOf(state.balance(name, ASSET)));
          const decision = decide(toCommand(step), state, at);
          const answer = modelAnswer(model, step, at);
          // Whoever expires a hold that is over hears how it ended: nobody but the timer asks.
          if (step.kind === 'expire') expect(decision.accepted).toBe(answer === true);
          else expect(answerOf(decision)).toEqual(answer);
          if (decision.accepted) for (const event of decision.events) evolve(state, event);
          else expect(figures(state)).toBe(before);
          let sum = 0n;
          for (const [position, name] of ACCOUNTS.entries()) {
            const balance = state.balance(name, ASSET);
            sum += postedOf(balance);
            expect(balance).toEqual(model.balance(name, ASSET));
            const forced = 'force' in step && step.force === true;
            const stays = availableOf(balance) >= 0n || availableOf(balance) >= (low[position] ?? 0n);
            if (name !== 'world' && !forced) expect(stays).toBe(true);
          }
          expect(sum).toBe(0n);
          expect(state.lastTransactionId).toBe(model.transactions.size);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('the stored events, read back and folded, give the same ledger to the digit', () => {
    fc.assert(
      fc.property(commands, (steps) => {
        const state = fresh();
        const stored: { type: LedgerEvent['type']; payload: string }[] = [];
        for (const [index, step] of steps.entries()) {
          const decision = decide(toCommand(step), state, timeOf(index));
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
        const run = (steps: readonly ModelCommand[]) => {
          for (const [index, step] of steps.entries()) {
            const decision = decide(toCommand(step), state, timeOf(index));
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
