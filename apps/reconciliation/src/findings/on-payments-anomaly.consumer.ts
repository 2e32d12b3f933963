import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { Clock } from '@defter/kernel';
import { type PaymentsAnomalyV1, PaymentsTopics } from '@defter/payments-contracts';
import { CLOCK, type MessageContext } from '@defter/platform';
import {
  type Classified,
  classifyOrphan,
  classifyRefusedSettlement,
  orphanKeys,
  settlementKeys,
} from '@defter/reconciliation-domain';
import { FindingRecorder } from '../finding-recorder.js';

/**
 * A provider's event or line that fits no operation for too long is a finding, until it does; so is a batch
 * that payments couldn't settle.
 */
@Controller()
export class OnPaymentsAnomalyConsumer {
  constructor(
    private readonly findings: FindingRecorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @EventPattern<string>(PaymentsTopics.anomalies.name)
  async handle(@Payload() anomaly: PaymentsAnomalyV1, @Ctx() { tx, message }: MessageContext): Promise<void> {
    const { provider, connectionId } = anomaly;
    const sighting = {
      ...{ tenantId: message.tenantId, provider, connectionId, origin: 'event' as const },
      ...{ cause: message.id, at: this.clock.now() },
    };
    const { seen, gone } = toldBy(anomaly);
    if (seen !== undefined) await this.findings.observe(tx, sighting, [seen]);
    if (gone !== undefined) await this.findings.close(tx, sighting, [gone]);
  }
}

interface Told {
  readonly seen?: Classified;
  readonly gone?: Pick<Classified, 'findingType' | 'keys'>;
}

const toldBy = (anomaly: PaymentsAnomalyV1): Told => {
  const { kind, eventId, providerRef = null, connectionId, currency = '' } = anomaly;
  const { providerEventId: batchRef, requestId: runId, reason } = anomaly;
  const batch = { connectionId, batchRef, currency, runId, reason };
  switch (kind) {
    case 'orphan_event':
      return { seen: classifyOrphan({ ...anomaly, providerRef }) };
    case 'orphan_resolved':
      return { gone: { findingType: 'orphan_event', keys: orphanKeys(eventId) } };
    case 'settlement_refused':
      return { seen: classifyRefusedSettlement(batch) };
    case 'settlement_taken':
      return { gone: { findingType: 'batch_sum_mismatch', keys: settlementKeys(batch) } };
  }
};
