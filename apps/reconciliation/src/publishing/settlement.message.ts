import { type BatchSettlementV1, ReconciliationTopics } from '@defter/reconciliation-contracts';
import type { OutgoingMessage } from '@defter/platform';

/** The message of a batch; what is told of one batch keeps its order. */
export const toSettlementMessage = (
  tenantId: string,
  body: BatchSettlementV1,
  version: number,
): OutgoingMessage => {
  const key = `${tenantId}/${body.connectionId}/${body.batchRef}/${body.currency}`;
  return {
    ...{
      tenantId,
      topic: ReconciliationTopics.settlements.name,
      key,
      type: 'BatchPaid',
      subject: body.batchRef,
    },
    ...{ id: `${key}/${version}`, body },
  };
};
