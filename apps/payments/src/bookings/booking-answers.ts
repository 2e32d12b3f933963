import { Injectable } from '@nestjs/common';
import { CrashPoints, Logger, Metrics, type Transaction } from '@defter/platform';
import type { CrashPoint } from '../crash-points.js';
import { RefusedBookings } from '../refused-bookings.js';
import { markRefused } from './booking-row.js';

/** A booking that the ledger refuses is money that the ledger doesn't show: people are called. */
@Injectable()
export class BookingAnswers {
  constructor(
    private readonly refusals: RefusedBookings,
    private readonly logger: Logger,
    private readonly metrics: Metrics,
    private readonly crash: CrashPoints<CrashPoint>,
  ) {}

  /** Notes a refusal and what follows from it; one that was answered before is passed over. */
  async refused(tx: Transaction, tenantId: string, bookingId: string, code: string): Promise<void> {
    const ownerId = await markRefused(tx, tenantId, bookingId, code);
    if (ownerId === undefined) return;
    await this.refusals.tell(tx, tenantId, { ownerId, bookingId, code });
    this.crash.reach('refusal.before-commit');
    tx.afterCommit(() => this.crash.reach('refusal.after-commit'));
    this.metrics
      .counter('defter_payments_bookings_refused_total', 'Bookings that the ledger refused', ['code'])
      .inc({ code });
    this.logger.error('The ledger refused a booking', { tenantId, commandId: bookingId, code });
  }
}
