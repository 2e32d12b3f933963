import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { classify } from './classify.js';
import { decide } from './finding.decider.js';
import { evolve } from './finding.evolve.js';
import { type FindingCommand, noFinding } from './finding.js';
import type { LineSide, OperationSide, Residue } from './residue.js';
import { resolutionNames, resolutions } from './resolution.js';
import { line, operation } from './sides.fixture.js';

const amount = fc.oneof(fc.bigInt(0n, 10n ** 6n), fc.bigInt(0n, 10n ** 40n));
const currency = fc.constantFrom('TRY', 'USD', 'JPY', 'KWD');
const leg = fc.constantFrom('payment' as const, 'return' as const);
const result = fc.constantFrom(
  'succeeded',
  'returned',
  'declined',
  'failed',
  'errored',
  'pending',
  'unknown',
);
const lines: fc.Arbitrary<LineSide> = fc.record({ amount, fee: amount, currency, leg }).map(line);
const operations: fc.Arbitrary<OperationSide> = fc
  .record({ amount, fee: amount, currency, result })
  .map(operation);
const residues: fc.Arbitrary<Residue> = fc.oneof(
  fc.record({ kind: fc.constant('line-alone' as const), line: lines }),
  fc.record({ kind: fc.constant('pair-differs' as const), line: lines, operation: operations }),
  fc.record({ kind: fc.constant('operation-alone' as const), leg, operation: operations }),
  fc.record({ kind: fc.constant('not-booked' as const), leg, operation: operations }),
);

describe('classification', () => {
  it('gives every finding of a residue its own identity, and JSON-safe facts', () => {
    fc.assert(
      fc.property(residues, (residue) => {
        const found = classify(residue);
        const identities = found.map(({ findingType, keys }) => `${findingType} ${keys.join()}`);
        expect(new Set(identities).size).toBe(found.length);
        for (const { raw, riskInputs, keys } of found) {
          expect(() => JSON.stringify({ raw, riskInputs })).not.toThrow();
          expect([...keys].sort()).toEqual(keys);
        }
      }),
    );
  });

  it('never depends on amounts for who it is about', () => {
    fc.assert(
      fc.property(lines, operations, amount, (someLine, someOperation, other) => {
        const keysOf = (of: LineSide) =>
          classify({ kind: 'pair-differs', line: of, operation: someOperation }).map(({ keys }) =>
            keys.join(),
          );
        const all = new Set([...keysOf(someLine), ...keysOf({ ...someLine, amount: other })]);
        expect(all.size).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('finds a difference of amounts exactly when amounts differ and the fee does not explain it', () => {
    fc.assert(
      fc.property(lines, operations, (someLine, someOperation) => {
        const types = classify({ kind: 'pair-differs', line: someLine, operation: someOperation }).map(
          (f) => f.findingType,
        );
        const same = someLine.currency === someOperation.currency;
        const net = someLine.leg === 'payment' && someLine.amount + someLine.fee === someOperation.amount;
        expect(types.includes('currency_mismatch')).toBe(!same);
        expect(types.includes('amount_mismatch')).toBe(
          same && someLine.amount !== someOperation.amount && !net,
        );
      }),
    );
  });
});

describe('the workflow', () => {
  const seen = fc.record({ evidence: fc.constantFrom('a', 'b'), cause: fc.constant('run') });
  const commands: fc.Arbitrary<FindingCommand> = fc.oneof(
    seen.map((facts) => ({
      type: 'Observe' as const,
      findingType: 'fee_mismatch' as const,
      severity: 'MED' as const,
      ...facts,
    })),
    fc.constant({ type: 'Vanish' as const, cause: 'run' }),
    fc.constantFrom('Acknowledge' as const, 'Start' as const).map((type) => ({ type, by: 'a' })),
    fc
      .constantFrom(...resolutionNames)
      .map((resolution) => ({ type: 'Resolve' as const, by: 'a', resolution, note: '' })),
    fc.constant({ type: 'Reopen' as const, by: 'a', note: '' }),
  );

  it('never resolves by one person with a resolution that moves money', () => {
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 30 }), (history) => {
        let state = noFinding;
        for (const command of history) {
          const decision = decide(command, state);
          if (!decision.accepted) continue;
          for (const event of decision.events) {
            if (event.type === 'FindingResolved')
              expect(resolutions[event.resolution].movesMoney).toBe(false);
            state = evolve(state, event);
          }
        }
      }),
    );
  });

  it('the same sighting twice is the same as once', () => {
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 20 }), (history) => {
        const run = (state: ReturnType<typeof evolve>, command: FindingCommand) => {
          const decision = decide(command, state);
          return decision.accepted ? decision.events.reduce(evolve, state) : state;
        };
        const state = history.reduce(run, noFinding);
        const observe = {
          type: 'Observe',
          findingType: 'fee_mismatch',
          severity: 'MED',
          evidence: 'a',
          cause: 'r',
        } as const;
        const once = run(state, observe);
        const again = decide(observe, once);
        expect(again).toEqual({ accepted: true, events: [] });
      }),
    );
  });
});
