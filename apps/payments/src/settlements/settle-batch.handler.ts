import { Injectable } from '@nestjs/common';
import { newId } from '@defter/kernel';
import type { Tenant } from '@defter/backoffice-contracts';
import { type BatchEvent, type SettledBatch, settleBatch } from '@defter/payments-domain';
import { canonicalJson, type Transaction } from '@defter/platform';
import type { BatchSettlementV1 } from '@defter/reconciliation-contracts';
import { publishSettlementTrouble } from '../publishing/settlement-trouble.js';
import { connectionOf, Tenants } from '../tenants/tenants.js';
import { noteRefusal, resolveRefusal } from './batch-refusal-row.js';
import { reasonOf } from './batch-refusal-texts.js';
import { bookSettlement } from './book-settlement.js';
import {
  batchReference,
  lockConnection,
  settlementOfBatch,
  similarSettlement,
} from './same-settlement.read.js';
import { type BatchFigures, insertSettlement, renewProposal, type SettlementRow } from './settlement-row.js';
import { type CreditedBy, noteBankLines, settlementOfBankLines } from './settled-bank-lines.js';
import { settlementHash } from './settlement-hash.js';

/** Who asks for what reconciliation has found; no person has this name. */
const REQUESTER = 'service:reconciliation';

/**
 * Takes a batch that reconciliation has found paid: proposes its settlement to people, or books it where the
 * tenant's settings let it. Once per batch, whoever asked first; what can't be taken is told to people.
 */
@Injectable()
export class SettleBatch {
  constructor(private readonly tenants: Tenants) {}

  /** `messageId` is the sender's: the same refusal is told once. */
  async take(
    tx: Transaction,
    { tenantId, messageId }: { readonly tenantId: string; readonly messageId: string },
    batch: BatchSettlementV1,
  ): Promise<void> {
    const refused = await this.decide(tx, tenantId, batch);
    const { connectionId, batchRef, currency } = batch;
    const name = { connectionId, batchRef, currency };
    if (refused !== undefined) {
      await noteRefusal(tx, tenantId, { ...name, messageId, reason: refused, batch: figuresOf(batch) });
      await publishSettlementTrouble(tx, tenantId, batch, { messageId, reason: refused });
    } else if (await resolveRefusal(tx, tenantId, name)) {
      await publishSettlementTrouble(tx, tenantId, batch, { messageId, reason: null });
    }
  }

  /** @returns why it can't be taken; undefined when it is, or was before */
  private async decide(
    tx: Transaction,
    tenantId: string,
    batch: BatchSettlementV1,
  ): Promise<string | undefined> {
    const { connectionId, batchRef, currency, bankReferences } = batch;
    const tenant = await this.tenants.get(tenantId);
    const connection = connectionOf(tenant, connectionId);
    if (connection === undefined) return `the tenant has no connection ${connectionId}`;
    await lockConnection(tx, tenantId, connectionId);
    const sums = sumsOf(batch);
    const likeness = { connectionId, currency, amountMinor: sums.netMinor };
    const credits = { connectionId, lineKeys: batch.bankLines ?? [] };
    const last = await settlementOfBatch(tx, tenantId, { connectionId, batchRef, currency });
    const except = last?.settlementId ?? null;
    const alike = await similarSettlement(tx, tenantId, { ...likeness, names: bankReferences, except });
    const around = {
      ...historyOf(last, batch),
      ...othersOf(alike, await settlementOfBankLines(tx, tenantId, credits)),
      isAutomatic: tenant.settlements === 'automatic',
      filesProve: connection.reportFilesProve === true,
    };
    const decision = settleBatch(sums, around);
    if (!decision.accepted) return reasonOf(decision.refusal, currency);
    let settlementId = around.earlier?.settlementId;
    for (const event of decision.events)
      settlementId = await this.record(tx, tenant, { batch, event, ...around });
    if (settlementId !== undefined) await noteBankLines(tx, tenantId, { ...credits, settlementId });
    return undefined;
  }

  private async record(
    tx: Transaction,
    tenant: Tenant,
    { batch, event, similarTo, earlier }: Recorded,
  ): Promise<string> {
    const { connectionId, batchRef, currency, handedInBy } = batch;
    const { amountMinor, feeDifferenceMinor } = event;
    const asked = {
      ...{ settlementId: newId('st'), connectionId, reference: batchReference(batch), amountMinor, currency },
      ...{ requestedBy: REQUESTER, batchRef, batch: figuresOf(batch), feeDifferenceMinor },
      ...{ evidenceBy: handedInBy, similarTo, automatic: event.type === 'SettlementBooked' },
    };
    if (event.type === 'ProposalRenewed' && earlier !== undefined) {
      // Whoever handed a file in before may not approve what replaces it, either.
      const evidenceBy = [...new Set([...earlier.evidenceBy, ...handedInBy])];
      const renewed = { ...asked, settlementId: earlier.settlementId, evidenceBy };
      await renewProposal(tx, tenant.id, { ...renewed, payloadHash: settlementHash(renewed) });
      return earlier.settlementId;
    }
    const isNew = await insertSettlement(tx, tenant.id, { ...asked, payloadHash: settlementHash(asked) });
    if (!isNew)
      throw new Error(`The reference ${asked.reference} is taken, though its batch has no settlement`);
    if (asked.automatic) await bookSettlement(tx, tenant, asked);
    return asked.settlementId;
  }
}

interface Recorded {
  readonly batch: BatchSettlementV1;
  readonly event: BatchEvent;
  readonly similarTo: string | null;
  readonly earlier: SettlementRow | undefined;
}

/** The batch's settlement that is open or booked, or what became of the last one. */
const historyOf = (last: SettlementRow | undefined, batch: BatchSettlementV1) => {
  if (last === undefined) return { earlier: undefined, ended: undefined };
  const { settlementId, amountMinor, end } = last;
  if (end !== null) return { earlier: undefined, ended: { settlementId, amountMinor, how: end.how } };
  return { earlier: { ...last, isStale: isStale(last, batch) }, ended: undefined };
};

/** Other settlements of the money. Of a credit whose settlement people have ended only people decide. */
const othersOf = (alike: string | null, holder: CreditedBy | undefined) =>
  holder === undefined || !holder.isEnded
    ? { similarTo: alike, creditedBy: holder?.settlementId ?? null }
    : { similarTo: alike ?? holder.settlementId, creditedBy: null };

/**
 * Whether it is a proposal of ours that nobody has approved, of other figures; which run has found them is
 * none.
 */
const isStale = (earlier: SettlementRow, batch: BatchSettlementV1): boolean => {
  if (earlier.batch === null || earlier.approvedAt !== null) return false;
  // What a person asked for stays as they asked for it.
  if (earlier.requestedBy !== REQUESTER) return false;
  return figuresDigest(earlier.batch) !== figuresDigest(figuresOf(batch));
};

const figuresDigest = ({ runId: _r, ...figures }: BatchFigures): string => canonicalJson(figures);

const figuresOf = ({
  provider: _p,
  connectionId: _c,
  batchRef: _b,
  currency: _y,
  ...figures
}: BatchSettlementV1) => figures;

const sumsOf = (batch: BatchSettlementV1): SettledBatch => ({
  grossMinor: BigInt(batch.grossMinor),
  feesMinor: BigInt(batch.feesMinor),
  otherMinor: BigInt(batch.otherMinor),
  netMinor: BigInt(batch.netMinor),
  bookedFeesMinor: BigInt(batch.bookedFeesMinor),
  bankMinor: batch.bankMinor === undefined ? null : BigInt(batch.bankMinor),
  ...{ unlikeLines: batch.unlikeLines, handedInBy: batch.handedInBy },
});
