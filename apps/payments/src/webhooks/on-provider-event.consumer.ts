import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { CrashPoints, EventPattern, type MessageContext } from '@defter/platform';
import { type ProviderEventV1, WebhookTopics } from '@defter/webhooks-contracts';
import type { CrashPoint } from '../crash-points.js';
import { ProviderEvents } from './provider-events.js';

@Controller()
export class OnProviderEventConsumer {
  constructor(
    private readonly events: ProviderEvents,
    private readonly crash: CrashPoints<CrashPoint>,
  ) {}

  @EventPattern(WebhookTopics.events.name)
  async handle(@Payload() event: ProviderEventV1, @Ctx() { tx, message }: MessageContext): Promise<void> {
    await this.events.apply(tx, message.tenantId, { event, source: 'webhook' });
    this.crash.reach('webhook.before-commit');
    tx.afterCommit(() => this.crash.reach('webhook.after-observe'));
  }
}
