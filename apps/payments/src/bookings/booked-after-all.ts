import { Injectable } from '@nestjs/common';
import { Database, Logger, Metrics, type Transaction } from '@defter/platform';
import { publishSettlementTrouble } from '../publishing/settlement-trouble.js';
import { readSettlement } from '../settlement-row.js';
import { connectionOf, Tenants } from '../tenants/tenants.js';
import { type BookedAfterAll, type BookedInLedger, isAnyRefused, noteBookedAfterAll } from './booking-row.js';

/**
 * What the ledger has booked after it had refused it. It promises not to; if it does, money may be in the
 * books twice, for something else was asked for in its place.
 */
@Injectable()
export class BookingsAfterAll {
  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    private readonly metrics: Metrics,
    private readonly logger: Logger,
  ) {}

  /** Tells people of such bookings among these, each once. */
  async tell(tenantId: string, booked: readonly BookedInLedger[]): Promise<void> {
    if (!(await isAnyRefused(this.database, tenantId, booked))) return;
    const noted = await this.database.transaction(async (tx) => {
      const afterAll = await noteBookedAfterAll(tx, tenantId, booked);
      for (const each of afterAll) await this.tellOfSettlement(tx, tenantId, each);
      return afterAll;
    });
    for (const each of noted) {
      this.metrics
        .counter('defter_payments_bookings_refused_total', 'Bookings that the ledger refused', ['code'])
        .inc({ code: 'booked-after-all' });
      this.logger.error('The ledger has booked what it had refused', { tenantId, ...each });
    }
  }

  private async tellOfSettlement(
    tx: Transaction,
    tenantId: string,
    { ownerId, transactionId }: BookedAfterAll,
  ): Promise<void> {
    const settlement = await readSettlement(tx, tenantId, ownerId);
    if (settlement === undefined) return;
    const { connectionId, reference, currency, amountMinor, batchRef, batch } = settlement;
    const provider = connectionOf(await this.tenants.get(tenantId), connectionId)?.provider ?? '';
    const unsettled = {
      ...{ provider, connectionId, currency, batchRef: batchRef ?? reference },
      ...{ netMinor: amountMinor.toString(), runId: batch?.runId ?? ownerId },
    };
    const what = `the ledger booked it as transaction ${transactionId}`;
    await publishSettlementTrouble(tx, tenantId, unsettled, {
      messageId: `booked after all:settlement:${ownerId}`,
      reason: `in the books after all is settlement ${ownerId}: ${what}`,
    });
  }
}
