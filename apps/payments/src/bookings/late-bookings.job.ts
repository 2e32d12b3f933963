import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { CONFIG, CrashPoints, Database, Logger, Metrics } from '@defter/platform';
import type { PaymentsConfig } from '../config.js';
import type { CrashPoint } from '../crash-points.js';
import { LedgerClient } from '../ledger-client.js';
import { Pollings } from '../pollings.js';
import { Tenants } from '../tenants/tenants.js';
import { BookingAnswers } from './booking-answers.js';
import { markBooked } from './booking-row.js';
import { type LateBooking, takeLateBookings } from './late-booking-row.js';

const EVERY_MS = 1_000;

/**
 * Asks the ledger itself what became of bookings that it has neither made nor refused: a command that went to
 * the dead letters, or an answer that did, would leave them `requested` for ever, and nobody would know.
 * Nothing is put on Kafka again: a ledger that is slow gets no more to do, and a repeated command would tell
 * nothing new.
 */
@Injectable()
export class LateBookings {
  @Inject(CONFIG) private readonly config!: PaymentsConfig;
  @Inject(Metrics) private readonly metrics!: Metrics;
  @Inject(Logger) private readonly logger!: Logger;
  @Inject(CrashPoints) private readonly crash!: CrashPoints<CrashPoint>;
  @Inject(Tenants) private readonly tenants!: Tenants;

  constructor(
    private readonly database: Database,
    private readonly ledger: LedgerClient,
    private readonly answers: BookingAnswers,
    pollings: Pollings,
  ) {
    pollings.every({ name: 'late-bookings', everyMs: EVERY_MS, round: () => this.round() });
  }

  private async round(): Promise<boolean> {
    let answered = 0;
    for (const tenant of await this.tenants.all()) answered += await this.ask(tenant);
    return answered > 0;
  }

  /** In their order, up to the first that the ledger says nothing about: the others would overtake it. */
  private async ask(tenant: Tenant): Promise<number> {
    const late = await takeLateBookings(this.database, tenant.id, this.config.bookingRetryMs);
    for (const [index, booking] of late.entries()) {
      const { bookingId, asks } = booking;
      const about = { tenantId: tenant.id, bookingId, asks };
      this.logger.error('The ledger has not answered for a booking; asking it', about);
      this.metrics
        .counter('defter_payments_bookings_late_total', 'Bookings that the ledger was asked about', [])
        .inc();
      try {
        await this.settle(tenant, booking);
      } catch (error) {
        this.logger.warn('A booking is still without an answer', { ...about, error });
        return index;
      }
    }
    return late.length;
  }

  private async settle(tenant: Tenant, { bookingId, command }: LateBooking): Promise<void> {
    if (command === undefined) throw new Error('The outbox has no command any more');
    const answer = await this.ledger.book(tenant, bookingId, command);
    if (!answer.booked) {
      await this.database.transaction((tx) => this.answers.refused(tx, tenant.id, bookingId, answer.code));
      return;
    }
    this.crash.reach('booking.before-commit');
    const { sequence, transactionId } = answer;
    await markBooked(this.database, tenant.id, [{ bookingId, sequence, transactionId, effect: null }]);
    this.crash.reach('booking.after-commit');
  }
}
