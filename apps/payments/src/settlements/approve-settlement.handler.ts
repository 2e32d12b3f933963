import { Injectable } from '@nestjs/common';
import { isId } from '@defter/kernel';
import { approveSettlement, settlementPostings } from '@defter/payments-domain';
import { type Caller, Database, notFound, type Transaction } from '@defter/platform';
import { requestBookings } from '../publishing/request-bookings.js';
import { Tenants } from '../tenants/tenants.js';
import { approveSettlementRow, lockSettlement, type SettlementRow } from './settlement-row.js';
import type { ApprovalRefusal } from './settlement.problems.js';

export type ApprovalOutcome =
  | { readonly accepted: true; readonly settlementId: string }
  | { readonly accepted: false; readonly refusal: ApprovalRefusal };

/** Books collected money from what the provider owes us to the bank, once another person has approved it. */
@Injectable()
export class ApproveSettlement {
  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
  ) {}

  /** @throws ProblemException 404 */
  async approve(caller: Caller, settlementId: string, payloadHash: string): Promise<ApprovalOutcome> {
    const { tenantId, actor: by, kind } = caller;
    return this.database.transaction(async (tx) => {
      const row = isId('st', settlementId) ? await lockSettlement(tx, tenantId, settlementId) : undefined;
      if (row === undefined) throw notFound();
      const { requestedBy, approvedAt } = row;
      const known = { requestedBy, payloadHash: row.payloadHash ?? '', isApproved: approvedAt !== null };
      const decision = approveSettlement({ by, person: kind === 'person', payloadHash }, known);
      if (!decision.accepted) return decision;
      await approveSettlementRow(tx, tenantId, settlementId, { by, payloadHash });
      await this.book(tx, tenantId, row);
      return { accepted: true, settlementId };
    });
  }

  private async book(tx: Transaction, tenantId: string, settlement: SettlementRow): Promise<void> {
    const { settlementId: ownerId, connectionId, amountMinor, currency } = settlement;
    const bookingId = `settlement:${ownerId}`;
    const postings = settlementPostings(connectionId, amountMinor);
    const plan = { act: 'create', reference: bookingId, postings } as const;
    const subject = { ownerId, customerId: '', currency, plan };
    const tenant = await this.tenants.get(tenantId);
    await requestBookings(tx, tenant, subject, [{ bookingId, kind: 'settlement', operationId: null }]);
  }
}
