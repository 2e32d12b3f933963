import { Injectable } from '@nestjs/common';
import { isId } from '@defter/kernel';
import { approveSettlement } from '@defter/payments-domain';
import { type Caller, Database, notFound } from '@defter/platform';
import { Tenants } from '../tenants/tenants.js';
import { bookSettlement } from './book-settlement.js';
import { approveSettlementRow, lockSettlement } from './settlement-row.js';
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
      const { requestedBy, approvedAt, evidenceBy } = row;
      const isApproved = approvedAt !== null;
      const known = { requestedBy, evidenceBy, payloadHash: row.payloadHash ?? '', isApproved };
      const decision = approveSettlement({ by, person: kind === 'person', payloadHash }, known);
      if (!decision.accepted) return decision;
      await approveSettlementRow(tx, tenantId, settlementId, { by, payloadHash });
      await bookSettlement(tx, await this.tenants.get(tenantId), row);
      return { accepted: true, settlementId };
    });
  }
}
