import type { Scenario } from '../scenarios/scenario.js';
import { seededBetween } from '../seed.js';
import { deliveriesOf, type Travelling } from '../deliveries.js';
import type { OperationKind, Plan, Step } from './operation.js';

/**
 * How long after the call it is decided, in ms; seeded, so that webhooks of parallel operations interleave.
 */
const settleMs = { min: 10, max: 50 };
/** How long after being paid a payout comes back, in ms. */
const returnMs = { min: 150, max: 300 };
/** How long a payer may think about a challenge. */
const challengeMs = 15 * 60_000;

export interface Planned extends Travelling {
  readonly kind: OperationKind;
  readonly seed: string;
}

/**
 * Everything that will happen to an operation. Pure: the same operation, seed and instant give the same
 * plan.
 */
export function planOf(operation: Planned, scenario: Scenario, takenAt: Date): Plan {
  const steps = stepsOf(operation, scenario, takenAt);
  return { steps, deliveries: deliveriesOf(operation, scenario.webhook, steps) };
}

function stepsOf(operation: Planned, { outcome }: Scenario, takenAt: Date): readonly Step[] {
  const { connectionId, operationId, kind, seed } = operation;
  const seeded = (range: { min: number; max: number }, what: string) =>
    seededBetween(range.min, range.max, seed, connectionId, operationId, what);
  const settled = seeded(settleMs, 'settle');
  const pending: Step = { status: 'pending', at: after(takenAt, 0) };
  const refused = (declineCode: string): readonly Step[] => {
    const status = kind === 'payout' ? 'failed' : 'declined';
    return [pending, { status, at: after(takenAt, settled), declineCode }];
  };
  const paid: Step = { status: 'succeeded', at: after(takenAt, settled) };
  switch (outcome.type) {
    case 'approve':
      return [pending, { status: 'succeeded', at: after(takenAt, outcome.afterMs ?? settled) }];
    case 'partial':
      return [pending, paid];
    case 'instant':
      return [{ status: 'succeeded', at: after(takenAt, 0) }];
    case 'decline':
      return [{ status: 'declined', at: after(takenAt, 0), declineCode: outcome.code }];
    case 'challenge': {
      const declineCode = 'authentication_abandoned';
      return [pending, { status: 'declined', at: after(takenAt, challengeMs), declineCode }];
    }
    case 'later-decline':
      return refused(outcome.code);
    case 'never':
      return [pending];
    case 'payout-returned':
      return [
        pending,
        paid,
        { status: 'returned', at: after(takenAt, settled + seeded(returnMs, 'return')) },
      ];
    case 'partial-batch': {
      const isRefused = seeded({ min: 1, max: 100 }, 'batch') <= outcome.percent;
      return isRefused ? refused('batch_partly_rejected') : [pending, paid];
    }
  }
}

function after(instant: Date, ms: number): string {
  return new Date(instant.getTime() + ms).toISOString();
}
