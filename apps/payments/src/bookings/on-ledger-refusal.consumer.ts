import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { type LedgerRefusalV1, LedgerTopics } from '@defter/ledger-contracts';
import { EventPattern, type MessageContext } from '@defter/platform';
import { BookingAnswers } from './booking-answers.js';

@Controller()
export class OnLedgerRefusalConsumer {
  constructor(private readonly answers: BookingAnswers) {}

  @EventPattern(LedgerTopics.refusals.name)
  async handle(@Payload() refusal: LedgerRefusalV1, @Ctx() { tx, message }: MessageContext): Promise<void> {
    await this.answers.refused(tx, message.tenantId, refusal.commandId, refusal.code);
  }
}
