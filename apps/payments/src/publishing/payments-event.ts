import { type OperationSnapshotV1, type PaymentsEventV1, PaymentsTopics } from '@defter/payments-contracts';
import { declineOf, holdReference, type OperationState, payoutReference } from '@defter/payments-domain';
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
  /** Of an intent. */
  readonly collected?: Collected;
}

/** What an intent collected and gave back. */
export interface Collected {
  readonly captureMethod: 'automatic' | 'manual';
  readonly merchantId: string | null;
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
  readonly refunds: readonly (Part & { readonly refundId: string })[];
  readonly disputes: readonly (Part & { readonly disputeId: string })[];
}

interface Part {
  readonly status: string;
  readonly operationId: string;
  readonly amountMinor: bigint;
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
  const { version, amountMinor, operations, collected, ...rest } = snapshot;
  return {
    ...rest,
    // A stream of one intent or payout never has 2^53 events.
    version: Number.parseInt(version.toString(), 10),
    amountMinor: amountMinor.toString(),
    events: events.map(({ type }) => type),
    operations: operations.map((operation) => toOperationSnapshot(snapshot, operation)),
    ...(collected === undefined ? {} : toCollected(collected)),
    occurredAt: now.toISOString(),
  };
};

const toCollected = ({ merchantId, refunds, disputes, ...rest }: Collected) => ({
  captureMethod: rest.captureMethod,
  ...(merchantId === null ? {} : { merchantId }),
  capturedMinor: rest.capturedMinor.toString(),
  refundedMinor: rest.refundedMinor.toString(),
  refunds: refunds.map(withText),
  disputes: disputes.map(withText),
});

const withText = <P extends Part>(part: P) => ({ ...part, amountMinor: part.amountMinor.toString() });

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
  ...ledgerReferenceOf(owner, operation),
  occurredAt: operation.at,
  ...(operation.parentOperationId === null ? {} : { parentOperationId: operation.parentOperationId }),
  ...(operation.declineCode === null ? {} : { declineCode: declineOf(operation.declineCode).code }),
  ...(operation.providerRefs[0] === undefined ? {} : { providerRef: operation.providerRefs[0] }),
});

/**
 * The transaction or hold that books an operation; what only reserves or releases at the provider has none.
 */
const ledgerReferenceOf = (owner: Snapshot, operation: OperationState) => {
  switch (operation.kind) {
    case 'authorize':
    case 'void':
      return {};
    case 'refund':
    case 'chargeback':
      return { ledgerReference: holdReference(operation) };
    case 'payout':
    case 'payout_reversal':
      return { ledgerReference: payoutReference(owner.id) };
    case 'sale':
    case 'capture':
      return { ledgerReference: operation.operationId };
  }
};
