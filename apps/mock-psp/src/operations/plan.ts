import type { Scenario } from '../scenarios/scenario.js';
import type { Delivery, Operation, OperationKind, Step, WebhookType } from './operation.js';
import { seededBetween, seededHex } from '../seed.js';

/**
 * How long after the call it is decided, in ms; seeded, so that webhooks of parallel operations interleave.
 */
const settleMs = { min: 10, max: 50 };
/** How long after being paid a payout comes back, in ms. */
const returnMs = { min: 150, max: 300 };
/** How long a single reordered webhook is held back, in ms. */
const holdBackMs = { min: 100, max: 1_000 };
/** Between copies of one webhook, in ms. */
const copyGapMs = 5;

export type Planned = Pick<Operation, 'operationId' | 'connectionId' | 'kind'>;

/** Everything that will happen to an operation. Pure: the same operation and instant give the same plan. */
export function planOf(
  operation: Planned,
  scenario: Scenario,
  takenAt: Date,
): Pick<Operation, 'steps' | 'deliveries'> {
  const steps = stepsOf(operation, scenario, takenAt);
  return { steps, deliveries: deliveriesOf(operation, scenario, steps) };
}

function stepsOf(
  { connectionId, operationId }: Planned,
  { outcome }: Scenario,
  takenAt: Date,
): readonly Step[] {
  const settled = seededBetween(settleMs.min, settleMs.max, connectionId, operationId, 'settle');
  const returned = settled + seededBetween(returnMs.min, returnMs.max, connectionId, operationId, 'return');
  const pending: Step = { status: 'pending', at: after(takenAt, 0) };
  const succeeded: Step = { status: 'succeeded', at: after(takenAt, settled) };
  switch (outcome.type) {
    case 'approve':
      return [pending, succeeded];
    case 'instant':
      return [{ status: 'succeeded', at: after(takenAt, 0) }];
    case 'decline':
      return [{ status: 'declined', at: after(takenAt, 0), declineCode: outcome.code }];
    case 'payout-decline':
      return [pending, { status: 'failed', at: after(takenAt, settled), declineCode: outcome.code }];
    case 'payout-returned':
      return [pending, succeeded, { status: 'returned', at: after(takenAt, returned) }];
  }
}

function deliveriesOf(
  operation: Planned,
  { webhook }: Scenario,
  steps: readonly Step[],
): readonly Delivery[] {
  if (webhook.drop) return [];
  const { connectionId, operationId } = operation;
  const reported = steps.flatMap((step, index) => {
    const type = webhookTypes[operation.kind][step.status];
    return type === undefined ? [] : [{ type, step: index, at: step.at }];
  });
  // In reverse: each takes the time of its counterpart, so that the last step's webhook goes out first.
  const times = webhook.reorder ? reported.map(({ at }) => at).reverse() : reported.map(({ at }) => at);
  const single = webhook.reorder && reported.length === 1;
  const holdMs = single
    ? seededBetween(holdBackMs.min, holdBackMs.max, connectionId, operationId, 'hold')
    : 0;
  return reported.flatMap(({ type, step }, index) => {
    const eventId = `evt_${seededHex(24, connectionId, operationId, type)}`;
    const due = new Date(Date.parse(times[index] ?? '') + webhook.delayMs + holdMs);
    return Array.from({ length: 1 + webhook.duplicates }, (_, copy) => ({
      ...{ id: `${eventId}.${copy}`, eventId, type, step, badSignature: webhook.badSignature },
      dueAt: after(due, copy * copyGapMs),
    }));
  });
}

/** Which state is told by which webhook; the others are told by none. */
const webhookTypes: Readonly<Record<OperationKind, Partial<Record<Step['status'], WebhookType>>>> = {
  charge: { succeeded: 'deposit_captured', declined: 'deposit_failed' },
  refund: { succeeded: 'refund_succeeded' },
  payout: {
    ...{ succeeded: 'withdraw_paid', declined: 'withdraw_failed', failed: 'withdraw_failed' },
    returned: 'withdraw_returned',
  },
};

function after(instant: Date, ms: number): string {
  return new Date(instant.getTime() + ms).toISOString();
}
