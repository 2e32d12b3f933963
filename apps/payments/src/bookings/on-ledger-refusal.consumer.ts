import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { type LedgerRefusalV1, LedgerTopics } from '@defter/ledger-contracts';
import { EventPattern, Logger, type MessageContext, Metrics } from '@defter/platform';
import { RefusedBookings } from '../refused-bookings.js';
import { markRefused } from './booking-row.js';

/** A booking that the ledger refuses is money that the ledger doesn't show: people are called. */
@Controller()
export class OnLedgerRefusalConsumer {
  constructor(
    private readonly refused: RefusedBookings,
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {}

  @EventPattern(LedgerTopics.refusals.name)
  async handle(@Payload() refusal: LedgerRefusalV1, @Ctx() { tx, message }: MessageContext): Promise<void> {
    const { commandId, code } = refusal;
    const ours = await markRefused(tx, message.tenantId, commandId, code);
    if (!ours) return;
    await this.refused.record(tx, message.tenantId, commandId, code);
    this.metrics
      .counter('defter_payments_bookings_refused_total', 'Bookings that the ledger refused', ['code'])
      .inc({ code });
    this.logger.error('The ledger refused a booking', { tenantId: message.tenantId, commandId, code });
  }
}
