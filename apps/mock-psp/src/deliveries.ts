import type { WebhookPlay } from './scenarios/scenario.js';
import { seededBetween, seededHex } from './seed.js';
import type {
  Delivery,
  Flaw,
  Operation,
  OperationStatus,
  Step,
  WebhookType,
} from './operations/operation.js';

/** How long a single reordered webhook is held back, in ms. */
const holdBackMs = { min: 100, max: 1_000 };
/** Between copies of one webhook, in ms; what comes before or after it keeps half as much away. */
const copyGapMs = 6;

export interface Travelling {
  readonly connectionId: string;
  readonly operationId: string;
  readonly kind: Operation['kind'];
  readonly seed: string;
  /** Operations that were taken before, the last one first. */
  readonly before: readonly string[];
}

/** The webhooks that tell an operation's steps, as the scenario wants them to travel. */
export function deliveriesOf(
  operation: Travelling,
  webhook: WebhookPlay,
  steps: readonly Step[],
): readonly Delivery[] {
  if (webhook.drop) return [];
  const { connectionId, operationId, seed } = operation;
  const reported = steps.flatMap((step, index) => {
    const type = webhookTypes[operation.kind][step.status];
    return type === undefined ? [] : [{ type, step: index, at: step.at }];
  });
  // In reverse: each takes the time of its counterpart, so that the last step's webhook goes out first.
  const times = webhook.reorder ? reported.map(({ at }) => at).reverse() : reported.map(({ at }) => at);
  const isAlone = webhook.reorder && reported.length === 1;
  const holdMs = isAlone
    ? seededBetween(holdBackMs.min, holdBackMs.max, seed, connectionId, operationId, 'hold')
    : 0;
  const companions = operation.before.slice(0, webhook.batch - 1);
  return reported.flatMap(({ type, step, at }, index) => {
    // With the time, for a payer may decline what would have been declined later anyway: another event.
    const eventId = `evt_${seededHex(24, connectionId, operationId, type, at)}`;
    const dueMs = Date.parse(times[index] ?? '') + webhook.delayMs + holdMs;
    const told = { eventId, type, step, companions };
    const replacing = isReplacing(webhook.flaw) ? webhook.flaw : null;
    return [
      ...Array.from({ length: 1 + webhook.duplicates }, (_, copy) => ({
        ...{ ...told, id: `${eventId}.${copy}`, flaw: replacing },
        dueAt: instant(dueMs + copy * copyGapMs),
      })),
      ...extraOf(told, webhook.flaw, dueMs),
    ];
  });
}

function isReplacing(flaw: Flaw | null): boolean {
  return flaw !== 'unknown_type' && flaw !== 'other_content';
}

/** A webhook beside the true one. What says something else under its id comes later: it is in conflict. */
function extraOf(
  told: Pick<Delivery, 'eventId' | 'type' | 'step' | 'companions'>,
  flaw: Flaw | null,
  dueMs: number,
): readonly Delivery[] {
  const extra = { ...told, flaw, id: `${told.eventId}.${flaw}`, companions: [] };
  if (flaw === 'unknown_type') return [{ ...extra, eventId: `${told.eventId}u`, dueAt: instant(dueMs) }];
  return flaw === 'other_content' ? [{ ...extra, dueAt: instant(dueMs + copyGapMs / 2) }] : [];
}

/** Which state is told by which webhook; the others are told by none. */
const webhookTypes: Readonly<Record<Operation['kind'], Partial<Record<OperationStatus, WebhookType>>>> = {
  charge: { succeeded: 'deposit_captured', declined: 'deposit_failed' },
  authorize: { succeeded: 'deposit_authorized', declined: 'deposit_failed' },
  capture: { succeeded: 'deposit_captured', declined: 'deposit_failed' },
  void: { succeeded: 'deposit_voided', declined: 'deposit_failed' },
  refund: { succeeded: 'refund_succeeded', declined: 'refund_failed', returned: 'refund_returned' },
  payout: {
    ...{ succeeded: 'withdraw_paid', declined: 'withdraw_failed', failed: 'withdraw_failed' },
    returned: 'withdraw_returned',
  },
  dispute: {
    ...{ opened: 'dispute_opened', evidence: 'dispute_evidence' },
    ...{ won: 'dispute_won', lost: 'dispute_lost' },
  },
};

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
