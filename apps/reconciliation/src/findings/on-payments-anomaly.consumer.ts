import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { Clock } from '@defter/kernel';
import { type PaymentsAnomalyV1, PaymentsTopics } from '@defter/payments-contracts';
import { CLOCK, type MessageContext } from '@defter/platform';
import { classifyOrphan, orphanKeys } from '@defter/reconciliation-domain';
import { FindingRecorder } from '../finding-recorder.js';

/** A provider's event that fits no operation for too long is a finding, until it does. */
@Controller()
export class OnPaymentsAnomalyConsumer {
  constructor(
    private readonly findings: FindingRecorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @EventPattern<string>(PaymentsTopics.anomalies.name)
  async handle(@Payload() anomaly: PaymentsAnomalyV1, @Ctx() { tx, message }: MessageContext): Promise<void> {
    const { provider, connectionId, kind, eventId, providerRef = null } = anomaly;
    const sighting = {
      ...{ tenantId: message.tenantId, provider, connectionId, origin: 'event' as const },
      ...{ cause: message.id, at: this.clock.now() },
    };
    if (kind === 'orphan_event') {
      await this.findings.observe(tx, sighting, [classifyOrphan({ ...anomaly, providerRef })]);
    } else {
      await this.findings.close(tx, sighting, [{ findingType: 'orphan_event', keys: orphanKeys(eventId) }]);
    }
  }
}
