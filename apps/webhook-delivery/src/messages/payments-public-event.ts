import { type OperationSnapshotV1, type PaymentsEventV1, PaymentsTopics } from '@defter/payments-contracts';
import { snakeCase } from '@defter/webhooks-domain';
import type { PublicEvent } from '../public-event.js';

/** `CheckoutSessionChanged` → object `checkout_session`, type `checkout_session.<status>`. */
export const paymentsPublicEvent = (
  { id, time }: { readonly id: string; readonly time: Date },
  event: PaymentsEventV1,
): PublicEvent => {
  const object = snakeCase(event.type.replace(/Changed$/, ''));
  return {
    source: PaymentsTopics.events.name,
    sourceEventId: id,
    type: object,
    occurredAt: time,
    tracked: { id: event.id, version: event.version, status: event.status },
    data: {
      object,
      id: event.id,
      version: event.version,
      status: event.status,
      amount_minor: event.amountMinor,
      currency: event.currency,
      customer_id: event.customerId,
      merchant_reference: event.merchantReference ?? null,
      changes: event.events.map(snakeCase),
      operations: event.operations.map(operationView),
    },
  };
};

const operationView = (operation: OperationSnapshotV1) => ({
  id: operation.operationId,
  kind: operation.kind,
  result: operation.result,
  amount_minor: operation.amountMinor,
  currency: operation.currency,
  fee_minor: operation.feeMinor,
  provider: operation.provider,
  provider_ref: operation.providerRef ?? null,
  ledger_reference: operation.ledgerReference ?? null,
  occurred_at: operation.occurredAt,
});
