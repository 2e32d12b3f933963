import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { settlementPostings } from '@defter/payments-domain';
import { CONFIG, Database, Logger } from '@defter/platform';
import type { PaymentsConfig } from '../config.js';
import { LedgerReader } from '../ledger-reader.js';
import { Pollings } from '../pollings.js';
import { toPostings } from '../publishing/booking-command.js';
import { RefusedBookings } from '../refused-bookings.js';
import { readSettlement } from '../settlement-row.js';
import { Tenants } from '../tenants/tenants.js';
import { effectOfTransaction } from '../booking-effect.js';
import { noteReversals } from '../reversal-row.js';
import {
  type BookedSettlement,
  noteTransaction,
  reopenBooking,
  takeBookedSettlements,
  unendedSettlements,
} from './settlement-booking-row.js';

const EVERY_MS = 5_000;

/**
 * Makes good what a process of before heard about settlements, and didn't know what followed: a refusal left
 * them approved for ever, a booking had no transaction, a reversal was noticed by nobody. Those that were
 * refused end; those that are booked are looked for in the ledger, ever more rarely.
 */
@Injectable()
export class SettlementBookings {
  @Inject(CONFIG) private readonly config!: PaymentsConfig;
  @Inject(Logger) private readonly logger!: Logger;
  @Inject(Tenants) private readonly tenants!: Tenants;

  constructor(
    private readonly database: Database,
    private readonly refusals: RefusedBookings,
    private readonly reader: LedgerReader,
    pollings: Pollings,
  ) {
    pollings.every({ name: 'settlement-bookings', everyMs: EVERY_MS, round: () => this.round() });
  }

  private async round(): Promise<boolean> {
    for (const tenant of await this.tenants.all()) {
      for (const refused of await unendedSettlements(this.database, tenant.id))
        await this.database.transaction((tx) => this.refusals.tell(tx, tenant.id, refused));
      for (const booked of await takeBookedSettlements(this.database, tenant.id, this.config.bookingRetryMs))
        await this.lookFor(tenant, booked);
    }
    return false;
  }

  /** One that the ledger doesn't tell about keeps no other one. */
  private async lookFor(tenant: Tenant, booked: BookedSettlement): Promise<void> {
    try {
      await this.compare(tenant, booked);
    } catch (error) {
      this.logger.warn('A booked settlement could not be looked for', {
        tenantId: tenant.id,
        ...booked,
        error,
      });
    }
  }

  private async compare(tenant: Tenant, { bookingId, settlementId, transactionId }: BookedSettlement) {
    const found = await this.reader.byReference(tenant, bookingId);
    const about = { tenantId: tenant.id, settlementId, transactionId };
    if (found === undefined || found.effect !== (await this.effectOf(tenant, settlementId))) {
      const isAsked = transactionId === null && (await reopenBooking(this.database, tenant.id, bookingId));
      this.logger.error('The ledger has nothing that books a booked settlement', { ...about, isAsked });
      return;
    }
    await noteTransaction(this.database, tenant.id, bookingId, found.transactionId);
    const { revertedBy } = found;
    if (revertedBy === null) return;
    const reversal = { ledger: tenant.ledger, transactionId: found.transactionId, revertedBy };
    await noteReversals(this.database, tenant.id, [reversal]);
  }

  private async effectOf({ id, ledger }: Tenant, settlementId: string): Promise<string> {
    const settlement = await readSettlement(this.database, id, settlementId);
    if (settlement === undefined) throw new Error(`There is no settlement ${settlementId}`);
    const { connectionId, currency } = settlement;
    const postings = toPostings(settlementPostings(connectionId, settlement), currency);
    return effectOfTransaction(ledger, {
      status: 'posted',
      reference: `settlement:${settlementId}`,
      postings,
    });
  }
}
