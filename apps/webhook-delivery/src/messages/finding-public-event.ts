import { type FindingV1, ReconciliationTopics } from '@defter/reconciliation-contracts';
import type { PublicEvent } from '../public-event.js';

/** A finding of reconciliation, as type `finding.<status>`. */
export const findingPublicEvent = (
  { id, time }: { readonly id: string; readonly time: Date },
  finding: FindingV1,
): PublicEvent => ({
  source: ReconciliationTopics.findings.name,
  sourceEventId: id,
  type: 'finding',
  occurredAt: time,
  tracked: { id: finding.id, version: finding.version, status: finding.status },
  data: {
    object: 'finding',
    id: finding.id,
    version: finding.version,
    status: finding.status,
    finding_type: finding.findingType,
    severity: finding.severity,
    provider: finding.provider,
    message: finding.message,
    player_id: finding.playerId ?? null,
    tx_id: finding.txId ?? null,
    provider_event_id: finding.providerEventId ?? null,
    provider_ref: finding.providerRef ?? null,
  },
});
