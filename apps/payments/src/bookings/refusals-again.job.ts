import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { CONFIG, Database, Logger } from '@defter/platform';
import type { PaymentsConfig } from '../config.js';
import { Pollings } from '../pollings.js';
import { LedgerOpening } from '../ledger-opening.js';
import { RefusedBookings } from '../refused-bookings.js';
import { Tenants } from '../tenants/tenants.js';
import { type RefusedBooking, takeRefusedBookings } from './refused-booking-row.js';

const EVERY_MS = 5_000;

/**
 * Tells intents again of refused debits that nothing was asked for in place of. During a rollout a process of
 * before may be the one that hears of a refusal, and not know that a loss, or a late debit, follows from it;
 * the money would be booked nowhere. Whoever knows already does nothing. And a ledger of before may have had
 * no account type for what followed: it gets it first.
 */
@Injectable()
export class RefusalsAgain {
  @Inject(CONFIG) private readonly config!: PaymentsConfig;
  @Inject(Logger) private readonly logger!: Logger;
  @Inject(LedgerOpening) private readonly opening!: LedgerOpening;

  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    private readonly refusals: RefusedBookings,
    pollings: Pollings,
  ) {
    pollings.every({ name: 'refusals-again', everyMs: EVERY_MS, round: () => this.round() });
  }

  private async round(): Promise<boolean> {
    for (const tenant of await this.tenants.all()) {
      const refused = await takeRefusedBookings(this.database, tenant.id, this.config.bookingRetryMs);
      for (const booking of refused) await this.tell(tenant, booking);
    }
    return false;
  }

  /** One that can't be told keeps no other one. */
  private async tell(tenant: Tenant, refused: RefusedBooking): Promise<void> {
    try {
      await this.opening.ensure(tenant);
      const again = { ...refused, isAgain: true };
      await this.database.transaction((tx) => this.refusals.tell(tx, tenant.id, again));
    } catch (error) {
      this.logger.warn('A refused booking could not be told again', {
        tenantId: tenant.id,
        ...refused,
        error,
      });
    }
  }
}
