import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { type LedgerRefusalV1, LedgerTopics } from '@defter/ledger-contracts';
import { CrashPoints, EventPattern, Logger, type MessageContext, Metrics } from '@defter/platform';
import type { CrashPoint } from '../crash-points.js';
import { RefusedBookings } from '../refused-bookings.js';
import { markRefused } from './booking-row.js';

/** A booking that the ledger refuses is money that the ledger doesn't show: people are called. */
@Controller()
export class OnLedgerRefusalConsumer {
  constructor(
    private readonly refused: RefusedBookings,
    private readonly logger: Logger,
    private readonly metrics: Metrics,
    private readonly crash: CrashPoints<CrashPoint>,
  ) {}

  @EventPattern(LedgerTopics.refusals.name)
  async handle(@Payload() refusal: LedgerRefusalV1, @Ctx() { tx, message }: MessageContext): Promise<void> {
    const { commandId, code } = refusal;
    const ownerId = await markRefused(tx, message.tenantId, commandId, code);
    if (ownerId === undefined) return;
    await this.refused.tell(tx, message.tenantId, { ownerId, bookingId: commandId, code });
    this.crash.reach('refusal.before-commit');
    tx.afterCommit(() => this.crash.reach('refusal.after-commit'));
    this.metrics
      .counter('defter_payments_bookings_refused_total', 'Bookings that the ledger refused', ['code'])
      .inc({ code });
    this.logger.error('The ledger refused a booking', { tenantId: message.tenantId, commandId, code });
  }
}
