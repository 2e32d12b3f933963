import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { type PaymentsEventV1, PaymentsTopics } from '@defter/payments-contracts';
import type { MessageContext } from '@defter/platform';
import { OperationStore } from './operation-store.js';

/** Keeps our operations as payments last told them. */
@Controller()
export class OnPaymentsEventConsumer {
  constructor(private readonly operations: OperationStore) {}

  @EventPattern<string>(PaymentsTopics.events.name)
  async handle(@Payload() event: PaymentsEventV1, @Ctx() { tx, message }: MessageContext): Promise<void> {
    await this.operations.keepNewest(tx, message.tenantId, event);
  }
}
