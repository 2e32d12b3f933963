import { Inject, Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { Clock } from '@defter/kernel';
import { CLOCK, type MessageContext } from '@defter/platform';
import { classifyEvent } from '@defter/reconciliation-domain';
import { type WebhookAnomalyV1, WebhookTopics } from '@defter/webhooks-contracts';
import { FindingRecorder } from '../finding-recorder.js';

/** Events that are wrong in themselves become findings at once; no report is needed to see them. */
@Controller()
export class OnWebhookAnomalyConsumer {
  constructor(
    private readonly findings: FindingRecorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @EventPattern<string>(WebhookTopics.anomalies.name)
  async handle(@Payload() anomaly: WebhookAnomalyV1, @Ctx() { tx, message }: MessageContext): Promise<void> {
    const { provider, connectionId, kind, providerEventId, requestId, detail } = anomaly;
    const sighting = {
      tenantId: message.tenantId,
      provider,
      connectionId,
      cause: message.id,
      at: this.clock.now(),
    };
    const finding = classifyEvent({ kind, providerEventId, requestId, detail });
    await this.findings.observe(tx, { ...sighting, origin: 'event' }, [finding]);
  }
}
