import { Injectable } from '@nestjs/common';
import { isId } from '@defter/kernel';
import {
  decideSettlement,
  type SettlementCommand,
  type SettlementDecisionRefusal,
  type SettlementEvent,
} from '@defter/payments-domain';
import { type Caller, Database, notFound, type Transaction } from '@defter/platform';
import { Tenants } from '../tenants/tenants.js';
import { bookSettlement } from './book-settlement.js';
import { lockConnection } from './same-settlement.read.js';
import { othersAround } from './others-around.read.js';
import {
  approveSettlementRow,
  endSettlementRow,
  lockSettlement,
  readSettlement,
  type SettlementRow,
  stageOf,
} from '../settlement-row.js';

export type DecisionOutcome =
  | { readonly accepted: true; readonly settlementId: string }
  | { readonly accepted: false; readonly refusal: SettlementDecisionRefusal };

/** What a person wants; who they are says the caller. */
export type SettlementDecision = SettlementCommand extends infer C
  ? C extends SettlementCommand
    ? Omit<C, 'by' | 'person'>
    : never
  : never;

/**
 * What people decide about a settlement. Approved, it moves what the provider owes us to the bank; rejected
 * or withdrawn, it never does. The row's lock decides who is first.
 */
@Injectable()
export class DecideSettlement {
  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
  ) {}

  /** @throws ProblemException 404 */
  async decide(caller: Caller, settlementId: string, wanted: SettlementDecision): Promise<DecisionOutcome> {
    const { tenantId, actor: by, kind } = caller;
    return this.database.transaction(async (tx) => {
      const row = isId('st', settlementId) ? await this.lock(tx, tenantId, settlementId) : undefined;
      if (row === undefined) throw notFound();
      const { requestedBy, evidenceBy, payloadHash } = row;
      const known = {
        ...{ stage: stageOf(row), requestedBy, evidenceBy, payloadHash: payloadHash ?? '' },
        ...(await othersAround(tx, tenantId, row)),
      };
      const decision = decideSettlement({ ...wanted, by, person: kind === 'person' }, known);
      if (!decision.accepted) return decision;
      for (const event of decision.events) await this.record(tx, tenantId, row, event);
      return { accepted: true, settlementId };
    });
  }

  private async record(
    tx: Transaction,
    tenantId: string,
    row: SettlementRow,
    event: SettlementEvent,
  ): Promise<void> {
    const { settlementId } = row;
    if (event.type === 'SettlementEnded') {
      await endSettlementRow(tx, tenantId, settlementId, { ...event, revertedBy: null });
      return;
    }
    await approveSettlementRow(tx, tenantId, settlementId, event);
    await bookSettlement(tx, await this.tenants.get(tenantId), row);
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
