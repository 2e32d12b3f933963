import { Injectable } from '@nestjs/common';
import { newId } from '@defter/kernel';
import type { Tenant } from '@defter/backoffice-contracts';
import { type BatchEvent, settleBatch } from '@defter/payments-domain';
import type { Transaction } from '@defter/platform';
import type { BatchSettlementV1 } from '@defter/reconciliation-contracts';
import { publishSettlementTrouble } from '../publishing/settlement-trouble.js';
import { connectionOf, Tenants } from '../tenants/tenants.js';
import { figuresDigest, figuresOf, sumsOf } from './batch-figures.js';
import { keepFigures } from './batch-figures-row.js';
import { noteRefusal, resolveRefusal, type TroubleKind } from './batch-refusal-row.js';
import { reasonOf } from './batch-refusal-texts.js';
import { bookSettlement } from './book-settlement.js';
import {
  batchReference,
  lockConnection,
  namesOf,
  settlementOfBatch,
  similarSettlement,
  standingAgain,
} from './same-settlement.read.js';
import { insertSettlement, isLive, renewProposal, type SettlementRow } from '../settlement-row.js';
import { liveHolder, noteBankLines, settlementOfBankLines } from './settled-bank-lines.js';
import { REQUESTER, settlementHash } from './settlement-hash.js';

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
    const { reason, kind, over } = await this.decide(tx, tenantId, batch);
    const { connectionId, batchRef, currency } = batch;
    const name = { connectionId, batchRef, currency };
    if (reason !== null) {
      await noteRefusal(tx, tenantId, { ...name, messageId, reason, kind, batch: figuresOf(batch) });
      await publishSettlementTrouble(tx, tenantId, batch, { messageId, reason });
    } else if (await resolveRefusal(tx, tenantId, name, over)) {
      await publishSettlementTrouble(tx, tenantId, batch, { messageId, reason: null });
    }
  }

  private async decide(tx: Transaction, tenantId: string, batch: BatchSettlementV1): Promise<Taken> {
    const { connectionId, batchRef, currency } = batch;
    const tenant = await this.tenants.get(tenantId);
    const connection = connectionOf(tenant, connectionId);
    if (connection === undefined) return refused(`the tenant has no connection ${connectionId}`, 'figures');
    await lockConnection(tx, tenantId, connectionId);
    await keepFigures(tx, tenantId, { connectionId, batchRef, currency }, figuresOf(batch));
    const last = await settlementOfBatch(tx, tenantId, { connectionId, batchRef, currency });
    const around = {
      ...historyOf(last, batch),
      ...(await this.othersOf(tx, tenantId, batch, last)),
      isAutomatic: tenant.settlements === 'automatic',
      filesProve: connection.reportFilesProve === true,
    };
    const decision = settleBatch(sumsOf(batch), around);
    if (!decision.accepted) {
      const { refusal } = decision;
      const kind = refusal.code === 'settlement-ended' ? 'unbooked' : 'figures';
      return refused(reasonOf(refusal, currency), kind);
    }
    let settlementId = around.earlier?.settlementId;
    for (const event of decision.events)
      settlementId = await this.record(tx, tenant, { batch, event, ...around });
    const lineKeys = batch.bankLines ?? [];
    if (settlementId !== undefined)
      await noteBankLines(tx, tenantId, { connectionId, lineKeys, settlementId });
    // People have said no to exactly this; else it is over once it is booked.
    return { ...TAKEN, over: around.ended === undefined ? ['figures'] : ['figures', 'unbooked'] };
  }

  /** Other settlements of the money. Of a credit whose settlement people have ended only people decide. */
  private async othersOf(
    tx: Transaction,
    tenantId: string,
    batch: BatchSettlementV1,
    last: SettlementRow | undefined,
  ) {
    const { connectionId, batchRef, currency, bankReferences: names, bankLines: lineKeys = [] } = batch;
    const except = last?.settlementId ?? null;
    const likeness = { connectionId, currency, amountMinor: BigInt(batch.netMinor), names, except };
    const alike = await similarSettlement(tx, tenantId, likeness);
    const holder = await settlementOfBankLines(tx, tenantId, { connectionId, lineKeys, except });
    const creditedBy = liveHolder(holder);
    const similarTo = alike ?? holder?.settlementId ?? null;
    // Beside one that is open or booked, people have been told of it, and nothing is asked for here.
    if (creditedBy !== null || (last !== undefined && isLive(last))) return { similarTo, creditedBy };
    const own = { connectionId, currency, lineKeys, except, names: namesOf({ batchRef, currency }) };
    return { similarTo, creditedBy: await standingAgain(tx, tenantId, own) };
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
      const known = { ...renewed, payloadHash: settlementHash(renewed) };
      if (!(await renewProposal(tx, tenant.id, known))) throw new Error(`${earlier.settlementId} is decided`);
      return earlier.settlementId;
    }
    const isNew = await insertSettlement(tx, tenant.id, { ...asked, payloadHash: settlementHash(asked) });
    if (!isNew)
      throw new Error(`The reference ${asked.reference} is taken, though its batch has no settlement`);
    if (asked.automatic) await bookSettlement(tx, tenant, asked);
    return asked.settlementId;
  }
}

/** Whether a batch was taken: why not (`reason` null: it was), and which trouble begins or is over. */
interface Taken {
  readonly reason: string | null;
  readonly kind: TroubleKind;
  readonly over: readonly TroubleKind[];
}

const TAKEN: Taken = { reason: null, kind: 'figures', over: [] };

const refused = (reason: string, kind: TroubleKind): Taken => ({ reason, kind, over: [] });

interface Recorded {
  readonly batch: BatchSettlementV1;
  readonly event: BatchEvent;
  readonly similarTo: string | null;
  readonly earlier: SettlementRow | undefined;
}

/** The batch's settlement that is open or booked (also again), or what became of the last one. */
const historyOf = (last: SettlementRow | undefined, batch: BatchSettlementV1) => {
  if (last === undefined) return { earlier: undefined, ended: undefined };
  const { settlementId, amountMinor, end } = last;
  if (end !== null && !isLive(last))
    return { earlier: undefined, ended: { settlementId, amountMinor, how: end.how } };
  return { earlier: { ...last, isStale: isStale(last, batch) }, ended: undefined };
};

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
