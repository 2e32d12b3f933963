import { type PaymentsAnomalyV1, PaymentsTopics } from '@defter/payments-contracts';
import { enqueue, type Transaction } from '@defter/platform';
import type { ProviderEventV1 } from '@defter/webhooks-contracts';

type OrphanKind = Extract<PaymentsAnomalyV1['kind'], `orphan_${string}`>;

/** An event that fits no operation, as its slice keeps it. */
interface Orphan {
  readonly event: ProviderEventV1;
  readonly reason: string;
  readonly parkedAt: Date;
}

/** Tells that events fit nothing, or now do, in the transaction that notes it. */
export const publishOrphans = async (
  tx: Transaction,
  tenantId: string,
  kind: OrphanKind,
  orphans: readonly Orphan[],
): Promise<void> => {
  await enqueue(
    tx,
    orphans.map((orphan) => ({
      tenantId,
      topic: PaymentsTopics.anomalies.name,
      key: orphan.event.eventId,
      type: 'PaymentsAnomaly',
      subject: orphan.event.requestId,
      id: `${orphan.event.eventId}/${kind}`,
      body: toAnomaly(kind, orphan),
    })),
  );
};

const toAnomaly = (kind: OrphanKind, { event, reason, parkedAt }: Orphan): PaymentsAnomalyV1 => {
  const { eventId, requestId, provider, connectionId, providerEventId, providerType, facts } = event;
  const { operationId, providerRef, amountMinor, currency } = facts ?? {};
  return {
    ...{ kind, eventId, requestId, provider, connectionId, providerEventId, providerType },
    ...(operationId !== undefined && { operationId }),
    ...(providerRef !== undefined && { providerRef }),
    ...(amountMinor !== undefined && { amountMinor }),
    ...(currency !== undefined && { currency }),
    ...{ reason, parkedAt: parkedAt.toISOString() },
  };
};
