import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type PaymentsEventV1, PaymentsTopics } from '@defter/payments-contracts';
import { EventPattern, type ReceivedMessage } from '@defter/platform';
import { byTenant } from './by-tenant.js';
import { Messages } from './messages.js';
import { paymentsPublicEvent } from './payments-public-event.js';

/**
 * Intents and payouts. The unique key of a message is the mark that its event was applied, and commits with
 * it; so a batch needs no inbox beside it.
 */
@Controller()
export class OnPaymentsEventConsumer {
  constructor(private readonly messages: Messages) {}

  @EventPattern(PaymentsTopics.events.name, { mode: 'batch' })
  async handle(@Payload() received: readonly ReceivedMessage<PaymentsEventV1>[]): Promise<void> {
    for (const [tenantId, own] of byTenant(received)) {
      await this.messages.store(
        tenantId,
        own.map((message) => paymentsPublicEvent(message, message.body)),
      );
    }
  }
}
