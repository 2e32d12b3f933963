import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { CrashPoints, EventPattern, type MessageContext } from '@defter/platform';
import { type BatchSettlementV1, ReconciliationTopics } from '@defter/reconciliation-contracts';
import type { CrashPoint } from '../crash-points.js';
import { SettleBatch } from './settle-batch.handler.js';

/** A batch of settlement lines has been paid, as far as reconciliation can tell. */
@Controller()
export class OnBatchSettlementConsumer {
  constructor(
    private readonly settling: SettleBatch,
    private readonly crash: CrashPoints<CrashPoint>,
  ) {}

  @EventPattern(ReconciliationTopics.settlements.name)
  async handle(@Payload() batch: BatchSettlementV1, @Ctx() { tx, message }: MessageContext): Promise<void> {
    const { tenantId, id: messageId } = message;
    await this.settling.take(tx, { tenantId, messageId }, batch);
    this.crash.reach('settlement.before-commit');
    tx.afterCommit(() => this.crash.reach('settlement.after-commit'));
  }
}
