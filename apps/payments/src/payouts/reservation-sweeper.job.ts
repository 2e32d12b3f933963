import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Database, Lifecycle, Logger } from '@defter/platform';
import type { PaymentsConfig } from '../config.js';
import { startPolling } from '../polling.js';
import { Tenants } from '../tenants/tenants.js';
import { takeReserving } from './payout-row.js';
import { Reservation } from './reservation.js';

/** Asks the ledger again about payouts whose hold isn't known: a crash or time-out came in between. */
@Injectable()
export class ReservationSweeper {
  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    private readonly reservation: Reservation,
    private readonly logger: Logger,
    @Inject(CONFIG) private readonly config: PaymentsConfig,
    lifecycle: Lifecycle,
  ) {
    const everyMs = Math.min(1_000, config.reserveRetryMs);
    startPolling(lifecycle, database, logger, { name: 'reservations', everyMs, round: () => this.round() });
  }

  private async round(): Promise<boolean> {
    for (const tenant of await this.tenants.all()) {
      const { reserveRetryMs } = this.config;
      const waiting = await this.database.transaction((tx) => takeReserving(tx, tenant.id, reserveRetryMs));
      for (const payout of waiting) {
        const { payoutId } = payout;
        this.logger.info('The ledger is asked again for a hold', { tenantId: tenant.id, payoutId });
        await this.reservation.settle(tenant, payout);
      }
    }
    return false;
  }
}
