import type { OpenDelivery } from '../book/book.js';
import { operationView } from '../operations/operation.wire.js';

/** The body of a webhook; all copies of one event have the same bytes. */
export function webhookBody({ delivery, operation }: OpenDelivery): string {
  const step = operation.steps[delivery.step];
  if (step === undefined)
    throw new Error(`${delivery.id} reports a step that ${operation.operationId} doesn't have`);
  return JSON.stringify({
    id: delivery.eventId,
    type: delivery.type,
    connection_id: operation.connectionId,
    occurred_at: step.at,
    operation: operationView(operation, step),
  });
}
