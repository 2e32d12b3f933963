import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type FindingV1, ReconciliationTopics } from '@defter/reconciliation-contracts';
import { EventPattern, type ReceivedMessage } from '@defter/platform';
import { byTenant } from './by-tenant.js';
import { Messages } from './messages.js';
import { findingPublicEvent } from './finding-public-event.js';

/** Findings of reconciliation. As with payments, the unique key of a message stands for the inbox. */
@Controller()
export class OnFindingConsumer {
  constructor(private readonly messages: Messages) {}

  @EventPattern(ReconciliationTopics.findings.name, { mode: 'batch' })
  async handle(@Payload() received: readonly ReceivedMessage<FindingV1>[]): Promise<void> {
    for (const [tenantId, own] of byTenant(received)) {
      await this.messages.store(
        tenantId,
        own.map((message) => findingPublicEvent(message, message.body)),
      );
    }
  }
}
