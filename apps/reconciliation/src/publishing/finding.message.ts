import { type FindingV1, ReconciliationTopics } from '@defter/reconciliation-contracts';
import type { OutgoingMessage } from '@defter/platform';
import type { FindingEvent } from '@defter/reconciliation-domain';
import type { FindingRecord } from '../findings/finding.js';

/** Each event of a finding is published with the whole finding after it; readers keep the highest version. */
export function toFindingMessage(finding: FindingRecord, event: FindingEvent): OutgoingMessage {
  const body: FindingV1 = {
    id: finding.id,
    tenantId: finding.tenant_id,
    provider: finding.provider,
    findingType: finding.finding_type,
    severity: finding.severity,
    status: finding.status,
    message: finding.message,
    ...(finding.player_id !== null && { playerId: finding.player_id }),
    ...(finding.tx_id !== null && { txId: finding.tx_id }),
    ...(finding.provider_event_id !== null && { providerEventId: finding.provider_event_id }),
    ...(finding.provider_ref !== null && { providerRef: finding.provider_ref }),
    version: finding.version,
  };
  return {
    tenantId: finding.tenant_id,
    topic: ReconciliationTopics.findings.name,
    key: finding.id,
    type: event.type,
    subject: finding.id,
    id: `${finding.id}/${finding.version}`,
    body,
  };
}
