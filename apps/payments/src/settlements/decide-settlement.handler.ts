import { Injectable } from '@nestjs/common';
import { isId } from '@defter/kernel';
import { approveSettlement } from '@defter/payments-domain';
import { type Caller, Database, notFound, type Transaction } from '@defter/platform';
import { Tenants } from '../tenants/tenants.js';
import { bookSettlement } from './book-settlement.js';
import { bookedLikes, lockConnection } from './same-settlement.read.js';
import {
  approveSettlementRow,
  lockSettlement,
  readSettlement,
  type SettlementRow,
} from './settlement-row.js';
import type { ApprovalRefusal } from './settlement.problems.js';

export type ApprovalOutcome =
  | { readonly accepted: true; readonly settlementId: string }
  | { readonly accepted: false; readonly refusal: ApprovalRefusal };

/** What an approver has seen, and which look-alikes they know to be other transfers. */
interface Seen {
  readonly payloadHash: string;
  readonly otherThan: readonly string[];
}

/** Books collected money from what the provider owes us to the bank, once another person has approved it. */
@Injectable()
export class ApproveSettlement {
  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
  ) {}

  /** @throws ProblemException 404 */
  async approve(
    caller: Caller,
    settlementId: string,
    { payloadHash, otherThan }: Seen,
  ): Promise<ApprovalOutcome> {
    const { tenantId, actor: by, kind } = caller;
    return this.database.transaction(async (tx) => {
      const row = isId('st', settlementId) ? await this.lock(tx, tenantId, settlementId) : undefined;
      if (row === undefined) throw notFound();
      const { requestedBy, approvedAt, evidenceBy } = row;
      const known = {
        ...{ requestedBy, evidenceBy, payloadHash: row.payloadHash ?? '', isApproved: approvedAt !== null },
        bookedLikes: await bookedLikes(tx, tenantId, likenessOf(row)),
      };
      const command = { by, person: kind === 'person', payloadHash, otherThan };
      const decision = approveSettlement(command, known);
      if (!decision.accepted) return decision;
      await approveSettlementRow(tx, tenantId, settlementId, { by, payloadHash });
      await bookSettlement(tx, await this.tenants.get(tenantId), row);
      return { accepted: true, settlementId };
    });
  }

  /**
   * The connection first, as whoever asks does: of two that look the same one is approved before the other.
   */
  private async lock(
    tx: Transaction,
    tenantId: string,
    settlementId: string,
  ): Promise<SettlementRow | undefined> {
    const seen = await readSettlement(tx, tenantId, settlementId);
    if (seen === undefined) return undefined;
    await lockConnection(tx, tenantId, seen.connectionId);
    return lockSettlement(tx, tenantId, settlementId);
  }
}

const likenessOf = ({
  connectionId,
  currency,
  amountMinor,
  reference,
  batch,
  settlementId,
}: SettlementRow) => ({
  ...{ connectionId, currency, amountMinor, except: settlementId },
  names: [reference, ...(batch?.bankReferences ?? [])],
});
