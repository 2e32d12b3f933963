import { accept, type Decision, refuse } from '@defter/kernel';
import type { BookEvent } from '../book/book-event.wire.js';
import { deliveriesOf } from '../deliveries.js';
import { type Operation, stepAt } from '../operations/operation.js';
import { plainScenario } from '../scenarios/scenario.js';

/** succeeded → returned: the bank sends a payout or refund back long after it was paid. */
export type ReturnRefusal =
  { readonly code: 'payout-not-found' } | { readonly code: 'payout-not-paid'; readonly status: string };
export type ReturnedKind = 'payout' | 'refund';

type PlanChanged = Extract<BookEvent, { readonly type: 'PlanChanged' }>;

export function decideReturn(
  payout: Operation | undefined,
  kind: ReturnedKind,
  at: Date,
): Decision<PlanChanged, ReturnRefusal> {
  if (payout?.kind !== kind) return refuse({ code: 'payout-not-found' });
  const { status } = stepAt(payout, at);
  if (status !== 'succeeded') return refuse({ code: 'payout-not-paid', status });
  const { connectionId, operationId } = payout;
  const returned = { status: 'returned', at: at.toISOString() } as const;
  const told = payout.steps.filter((step) => step.at <= returned.at);
  const steps = [...told, returned];
  const travelling = { kind, connectionId, operationId, seed: '', before: [] } as const;
  const sent = payout.deliveries.filter(({ step }) => step < told.length);
  const news = deliveriesOf(travelling, plainScenario.webhook, steps).filter(
    ({ step }) => step === told.length,
  );
  const named = { connectionId, operationId, because: `${kind}-returned` } as const;
  return accept({
    ...{ type: 'PlanChanged', ...named, at: returned.at },
    ...{ steps, deliveries: [...sent, ...news] },
  });
}
