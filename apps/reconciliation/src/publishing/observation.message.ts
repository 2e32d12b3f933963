import { type ReportObservationV1, ReconciliationTopics } from '@defter/reconciliation-contracts';
import type { OutgoingMessage } from '@defter/platform';

/** The message of an observation; the order of one operation's is kept. */
export const toObservationMessage = (tenantId: string, body: ReportObservationV1): OutgoingMessage => ({
  tenantId,
  topic: ReconciliationTopics.observations.name,
  key: `${tenantId}/${body.operationId}`,
  type: 'ReportLineMatched',
  subject: body.operationId,
  id: body.observationId,
  body,
});
