import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Database, Logger, Metrics } from '@defter/platform';
import type { PaymentsConfig } from '../config.js';
import { Pollings } from '../pollings.js';
import { Tenants } from '../tenants/tenants.js';

const EVERY_MS = 1_000;

// The same message with the same id: a ledger that has booked it changes nothing.
const ASK_AGAIN = `
update outbox set published_at = null
  from booking
 where booking.tenant_id = $1 and booking.state = 'requested'
   and booking.requested_at < now() - $2 * interval '1 millisecond'
   and outbox.tenant_id = $1 and outbox.message_id = booking.booking_id
   and outbox.published_at < now() - $2 * interval '1 millisecond'
returning booking.booking_id as "bookingId"`;

/**
 * Asks the ledger again for bookings that it has neither made nor refused: a command that went to the dead
 * letters, or an answer that did, would leave them `requested` for ever, and nobody would know.
 */
@Injectable()
export class LateBookings {
  @Inject(CONFIG) private readonly config!: PaymentsConfig;
  @Inject(Metrics) private readonly metrics!: Metrics;

  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    private readonly logger: Logger,
    pollings: Pollings,
  ) {
    pollings.every({ name: 'late-bookings', everyMs: EVERY_MS, round: () => this.round() });
  }

  private async round(): Promise<boolean> {
    for (const { id: tenantId } of await this.tenants.all()) {
      const late = await this.database.query<{ bookingId: string }>(ASK_AGAIN, [
        tenantId,
        this.config.bookingRetryMs,
      ]);
      for (const { bookingId } of late) {
        this.logger.error('The ledger has not answered for a booking; asking again', { tenantId, bookingId });
      }
      this.metrics
        .counter('defter_payments_bookings_late_total', 'Bookings that the ledger was asked for again', [])
        .inc({}, late.length);
    }
    return false;
  }
}
