import { Injectable } from '@nestjs/common';
import { newId } from '@defter/kernel';
import { settlementPostings } from '@defter/payments-domain';
import { Database } from '@defter/platform';
import { requestBookings } from '../publishing/request-bookings.js';
import { connectionOf, Tenants } from '../tenants/tenants.js';
import { insertSettlement, settlementByReference } from './settlement-row.js';
import type { SettlementRefusal } from './settlement.problems.js';
import type { SettlementWish } from './settlement.wire.js';

export type SettlementOutcome =
  | { readonly accepted: true; readonly settlementId: string; readonly created: boolean }
  | { readonly accepted: false; readonly refusal: SettlementRefusal };

/** Books collected money from what the provider owes us to the bank, once per reference. */
@Injectable()
export class BookSettlement {
  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
  ) {}

  async getOrCreate(tenantId: string, actor: string, wish: SettlementWish): Promise<SettlementOutcome> {
    const tenant = await this.tenants.get(tenantId);
    const { connectionId, reference, amountMinor, currency } = wish;
    if (connectionOf(tenant, connectionId) === undefined) {
      return { accepted: false, refusal: { code: 'connection-unknown' } };
    }
    return this.database.transaction(async (tx) => {
      const settlementId = newId('st');
      const isNew = await insertSettlement(tx, tenantId, { ...wish, settlementId, requestedBy: actor });
      if (!isNew) {
        const earlier = await settlementByReference(tx, tenantId, { connectionId, reference });
        if (earlier === undefined) throw new Error('A taken settlement reference has no settlement');
        const isSame = earlier.amountMinor === amountMinor && earlier.currency === currency;
        const { settlementId: id } = earlier;
        if (isSame) return { accepted: true, settlementId: id, created: false };
        return { accepted: false, refusal: { code: 'settlement-reference-taken', settlementId: id } };
      }
      const bookingId = `settlement:${settlementId}`;
      const plan = {
        act: 'create',
        reference: bookingId,
        postings: settlementPostings(connectionId, amountMinor),
      } as const;
      const subject = { ownerId: settlementId, customerId: '', currency, plan };
      await requestBookings(tx, tenant, subject, [{ bookingId, kind: 'settlement', operationId: null }]);
      return { accepted: true, settlementId, created: true };
    });
  }
}
