import { Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import type { Transaction } from '@defter/platform';
import { publishSettlementTrouble } from '../publishing/settlement-trouble.js';
import { connectionOf } from '../tenants/tenants.js';
import { noteRefusal, type TroubleKind } from './batch-refusal-row.js';
import { amountText } from './batch-refusal-texts.js';
import { reinstateSettlementRow, revertSettlementRowAgain } from './reversed-settlement-row.js';
import { approvedInPlace, lockConnection, namesOf } from './same-settlement.read.js';
import { endSettlementRow, lockSettlement, readSettlement, type SettlementRow } from '../settlement-row.js';

interface Unbooked {
  readonly how: 'refused' | 'reverted';
  readonly reason: string;
  readonly revertedBy: bigint | null;
}

/** A transaction that reverted another one, which had reverted a settlement's or had reinstated it. */
export interface FurtherReversal {
  readonly settlementId: string;
  readonly transactionId: bigint;
  readonly revertedBy: bigint;
}

/**
 * Approved settlements that the ledger doesn't have, or no longer, or once more: what the bank has is not in
 * the books, or could get into them twice. People are told.
 */
@Injectable()
export class UnbookedSettlements {
  /** Ends it, so that a person may ask for it anew. @returns whether that is news: it is once */
  async end(tx: Transaction, tenant: Tenant, settlementId: string, unbooked: Unbooked): Promise<boolean> {
    const settlement = await this.lock(tx, tenant, settlementId);
    if (settlement.end !== null) return false;
    const { how, reason } = unbooked;
    await endSettlementRow(tx, tenant.id, settlementId, { ...unbooked, by: 'ledger' });
    const words = how === 'refused' ? 'the ledger refused the booking of' : 'not in the books any more is';
    await this.tell(tx, tenant, settlement, {
      ...{ kind: 'unbooked', messageId: `${how}:settlement:${settlementId}` },
      reason: `${words} settlement ${settlementId}, of ${sumOf(settlement)}: ${reason}; ${ANEW[how]}`,
    });
    return true;
  }

  /**
   * Its reversal was reverted: it stands in the books again; or that was reverted in turn.
   *
   * @returns whether it stands in them now; undefined where that is no news
   */
  async reverse(tx: Transaction, tenant: Tenant, further: FurtherReversal): Promise<boolean | undefined> {
    const { settlementId, transactionId, revertedBy } = further;
    const settlement = await this.lock(tx, tenant, settlementId);
    const stands = await reinstateSettlementRow(tx, tenant.id, further);
    if (!stands && !(await revertSettlementRowAgain(tx, tenant.id, further))) return undefined;
    const successor = await approvedInPlace(tx, tenant.id, ownOf(settlement));
    const why = `of ${sumOf(settlement)}: transaction ${revertedBy} reverted transaction ${transactionId}`;
    const trouble = { messageId: `reversal:${revertedBy}:settlement:${settlementId}` };
    if (stands) {
      const reason = `in the books again is settlement ${settlementId}, ${why}; ${besides(successor)}`;
      await this.tell(tx, tenant, settlement, { ...trouble, kind: 'standing', reason });
      return true;
    }
    const reason = `not in the books any more is settlement ${settlementId}, ${why}; ${ANEW.reverted}`;
    // Where one is approved in its place, it is over once that is booked.
    const isQuiet = successor !== null;
    await this.tell(tx, tenant, settlement, { ...trouble, kind: 'unbooked', reason, isQuiet });
    return false;
  }

  /** The connection first, as whoever asks or approves does. */
  private async lock(tx: Transaction, tenant: Tenant, settlementId: string): Promise<SettlementRow> {
    const seen = await readSettlement(tx, tenant.id, settlementId);
    if (seen !== undefined) await lockConnection(tx, tenant.id, seen.connectionId);
    const settlement = await lockSettlement(tx, tenant.id, settlementId);
    if (settlement === undefined) throw new Error(`There is no settlement ${settlementId}`);
    return settlement;
  }

  private async tell(
    tx: Transaction,
    tenant: Tenant,
    settlement: SettlementRow,
    { isQuiet = false, ...trouble }: Trouble,
  ): Promise<void> {
    const { settlementId, connectionId, reference, currency, amountMinor, batchRef, batch } = settlement;
    const name = { connectionId, currency, batchRef: batchRef ?? reference };
    await noteRefusal(tx, tenant.id, { ...name, ...trouble, batch: null });
    if (isQuiet) return;
    const provider = connectionOf(tenant, connectionId)?.provider ?? '';
    const about = { netMinor: amountMinor.toString(), runId: batch?.runId ?? settlementId };
    await publishSettlementTrouble(tx, tenant.id, { ...name, ...about, provider }, trouble);
  }
}

interface Trouble {
  readonly kind: TroubleKind;
  readonly messageId: string;
  readonly reason: string;
  /** Nobody has to be told, for it ends by itself. */
  readonly isQuiet?: boolean;
}

/** What people do next. */
const ANEW = {
  refused: 'find out why, then a person asks for it anew by its name, and another one approves',
  reverted: 'if that was a mistake, a person asks for it anew by its name; if not, close this finding',
};

const besides = (successor: string | null): string =>
  successor === null
    ? 'it is settled, and nothing may be booked in its place'
    : `settlement ${successor} was approved in its place: one of them must be reverted`;

const sumOf = ({ amountMinor, currency }: SettlementRow): string => amountText(amountMinor, currency);

const ownOf = ({ connectionId, currency, reference, batchRef, batch, settlementId }: SettlementRow) => ({
  ...{ connectionId, currency, lineKeys: batch?.bankLines ?? [], except: settlementId },
  names: [reference, ...(batchRef === null ? [] : [batchRef])].flatMap((name) =>
    namesOf({ batchRef: name, currency }),
  ),
});
