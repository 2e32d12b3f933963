import { type OperationSnapshotV1, type PaymentsEventV1, PaymentsTopics } from '@defter/payments-contracts';
import { type OperationState, payoutReference } from '@defter/payments-domain';
import { enqueue, type Transaction } from '@defter/platform';

/** What an intent or payout looks like after a step; everything that is published is made from it. */
export interface Snapshot {
  readonly type: PaymentsEventV1['type'];
  readonly id: string;
  readonly version: bigint;
  readonly status: string;
  readonly customerId: string;
  readonly merchantReference?: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly operations: readonly OperationState[];
}

/**
 * Publishes the state after a step, with the names of its events; all domain events are public by name
 * only.
 */
export const publish = (
  tx: Transaction,
  tenantId: string,
  snapshot: Snapshot,
  events: readonly { readonly type: string }[],
): Promise<void> =>
  enqueue(tx, [
    {
      tenantId,
      topic: PaymentsTopics.events.name,
      key: snapshot.id,
      type: snapshot.type,
      subject: snapshot.id,
      id: `${snapshot.id}/${snapshot.version}`,
      body: toPaymentsEvent(snapshot, events, new Date()),
    },
  ]);

/** The public message of a snapshot. */
export const toPaymentsEvent = (
  snapshot: Snapshot,
  events: readonly { readonly type: string }[],
  now: Date,
): PaymentsEventV1 => {
  const { version, amountMinor, operations, ...rest } = snapshot;
  return {
    ...rest,
    // A stream of one intent or payout never has 2^53 events.
    version: Number.parseInt(version.toString(), 10),
    amountMinor: amountMinor.toString(),
    events: events.map(({ type }) => type),
    operations: operations.map((operation) => toOperationSnapshot(snapshot, operation)),
    occurredAt: now.toISOString(),
  };
};

const toOperationSnapshot = (owner: Snapshot, operation: OperationState): OperationSnapshotV1 => ({
  operationId: operation.operationId,
  kind: operation.kind,
  provider: operation.provider,
  connectionId: operation.connectionId,
  customerId: owner.customerId,
  result: operation.result,
  amountMinor: operation.amountMinor.toString(),
  currency: operation.currency,
  feeMinor: operation.feeMinor.toString(),
  ledgerReference: operation.kind === 'payout' ? payoutReference(owner.id) : operation.operationId,
  occurredAt: operation.at,
  ...(operation.providerRefs[0] === undefined ? {} : { providerRef: operation.providerRefs[0] }),
});
