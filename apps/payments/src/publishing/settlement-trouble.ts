import { type PaymentsAnomalyV1, PaymentsTopics } from '@defter/payments-contracts';
import { enqueue, type Transaction } from '@defter/platform';
import type { BatchSettlementV1 } from '@defter/reconciliation-contracts';

/** What couldn't be settled: a batch, or a transfer by the reference that a person gave it. */
type Unsettled = Pick<
  BatchSettlementV1,
  'provider' | 'connectionId' | 'batchRef' | 'currency' | 'netMinor' | 'runId'
>;

/** Tells that a batch couldn't be settled, or (`reason` null) that it is after all. */
export const publishSettlementTrouble = (
  tx: Transaction,
  tenantId: string,
  batch: Unsettled,
  { messageId, reason }: { readonly messageId: string; readonly reason: string | null },
): Promise<void> => {
  const { provider, connectionId, batchRef, currency, netMinor, runId } = batch;
  const kind = reason === null ? 'settlement_taken' : 'settlement_refused';
  const eventId = `settlement:${connectionId}/${batchRef}/${currency}`;
  const body: PaymentsAnomalyV1 = {
    ...{ kind, eventId, requestId: runId, provider, connectionId, currency },
    ...{ providerEventId: batchRef, providerType: 'settlement batch' },
    amountMinor: netMinor.replace('-', ''),
    reason: reason ?? 'it is settled',
    parkedAt: new Date().toISOString(),
  };
  return enqueue(tx, [
    {
      ...{ tenantId, topic: PaymentsTopics.anomalies.name, key: `${tenantId}/${eventId}` },
      ...{ type: 'PaymentsAnomaly', subject: batchRef, id: `${messageId}/${kind}`, body },
    },
  ]);
};
