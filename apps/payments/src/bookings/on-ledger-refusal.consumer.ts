import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { type LedgerRefusalV1, LedgerTopics } from '@defter/ledger-contracts';
import { EventPattern, Logger, type MessageContext } from '@defter/platform';
import { LedgerClient, NO_OUTCOME } from '../ledger-client.js';
import { mayStand } from '../ledger-reader.js';
import { Tenants } from '../tenants/tenants.js';
import { BookingAnswers } from './booking-answers.js';
import { markBooked, requestedBooking } from './booking-row.js';

/** Refusals are believed once nothing speaks against them. */
@Controller()
export class OnLedgerRefusalConsumer {
  constructor(
    private readonly answers: BookingAnswers,
    private readonly ledger: LedgerClient,
    private readonly tenants: Tenants,
    private readonly logger: Logger,
  ) {}

  @EventPattern(LedgerTopics.refusals.name)
  async handle(
    @Payload() { commandId, code }: LedgerRefusalV1,
    @Ctx() { tx, message: { tenantId } }: MessageContext,
  ): Promise<void> {
    if (code === NO_OUTCOME) {
      // Its ledger was missing; once there is one, it is asked.
      this.logger.error('A booking found no ledger; it is asked for again', { tenantId, commandId });
      return;
    }
    const command = mayStand(code) ? await requestedBooking(tx, tenantId, commandId) : undefined;
    const stands = command && (await this.ledger.stands(await this.tenants.get(tenantId), code, command));
    if (stands === undefined) return this.answers.refused(tx, tenantId, commandId, code);
    const { transactionId } = stands;
    await markBooked(tx, tenantId, [{ bookingId: commandId, sequence: null, transactionId, effect: null }]);
  }
}
