import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type LedgerEventV1, LedgerTopics } from '@defter/ledger-contracts';
import { EventPattern, type ReceivedMessage } from '@defter/platform';
import { byTenant } from './by-tenant.js';
import { Messages } from './messages.js';
import { ledgerPublicEvent } from './ledger-public-event.js';

/** What the ledgers book. As with payments, the unique key of a message stands for the inbox. */
@Controller()
export class OnLedgerEventConsumer {
  constructor(private readonly messages: Messages) {}

  @EventPattern(LedgerTopics.events.name, { mode: 'batch' })
  async handle(@Payload() received: readonly ReceivedMessage<LedgerEventV1>[]): Promise<void> {
    for (const [tenantId, own] of byTenant(received)) {
      await this.messages.store(
        tenantId,
        own.map((message) => ledgerPublicEvent(message, message.body)),
      );
    }
  }
}
