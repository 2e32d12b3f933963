import { Injectable } from '@nestjs/common';
import { newId } from '@defter/kernel';
import { feeDifferenceOf, unsoundness } from '@defter/payments-domain';
import { type Caller, Database, type Transaction } from '@defter/platform';
import { Providers } from '../providers.js';
import { connectionOf, Tenants } from '../tenants/tenants.js';
import { sumsOf } from './batch-figures.js';
import { newestFigures, type ToldBatch } from './batch-figures-row.js';
import {
  lockConnection,
  namesOf,
  settlementOfBatch,
  similarSettlement,
  standingAgain,
} from './same-settlement.read.js';
import { noteBankLines, settlementOfBankLines } from './settled-bank-lines.js';
import { insertSettlement, type SettlementRow, settlementByReference } from '../settlement-row.js';
import { settlementHash } from './settlement-hash.js';
import type { SettlementRefusal } from './settlement.problems.js';
import type { SettlementWish } from './settlement.wire.js';

export type SettlementOutcome =
  | { readonly accepted: true; readonly settlementId: string; readonly created: boolean }
  | { readonly accepted: false; readonly refusal: SettlementRefusal };

/** Writes down that a provider has transferred money, once per reference; a person asks, another approves. */
@Injectable()
export class RequestSettlement {
  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    private readonly providers: Providers,
  ) {}

  async getOrCreate(caller: Caller, wish: SettlementWish): Promise<SettlementOutcome> {
    const { tenantId, kind } = caller;
    // Whoever holds a machine's key could ask with it, and approve as themselves.
    if (kind !== 'person') return { accepted: false, refusal: { code: 'person-required' } };
    const tenant = await this.tenants.get(tenantId);
    const { connectionId, reference, currency } = wish;
    const connection = connectionOf(tenant, connectionId);
    if (connection === undefined) return { accepted: false, refusal: { code: 'connection-unknown' } };
    const manifest = this.providers.find(connection.provider)?.adapter.manifest;
    if (manifest?.currencies.includes(currency) !== true)
      return { accepted: false, refusal: { code: 'currency-not-supported', currency } };
    return this.database.transaction(async (tx) => {
      await lockConnection(tx, tenantId, connectionId);
      const name = { connectionId, batchRef: reference, currency };
      const ofBatch = await settlementOfBatch(tx, tenantId, name);
      if (ofBatch !== undefined && ofBatch.end === null) return earlierOf(wish, ofBatch);
      const told = await newestFigures(tx, tenantId, name);
      const refusal = differenceOf(wish, told) ?? (await this.settledBefore(tx, tenantId, wish, told));
      if (refusal !== undefined) return { accepted: false, refusal };
      return this.insert(tx, caller, wish, { ended: ofBatch, told });
    });
  }

  private async insert(
    tx: Transaction,
    { tenantId, actor }: Caller,
    wish: SettlementWish,
    { ended, told }: { readonly ended: SettlementRow | undefined; readonly told: ToldBatch | undefined },
  ): Promise<SettlementOutcome> {
    const { connectionId, reference, amountMinor, currency } = wish;
    const names = [reference, ...(told?.batch.bankReferences ?? [])];
    const likeness = { connectionId, currency, amountMinor, names, except: null };
    const similarTo = await similarSettlement(tx, tenantId, likeness);
    const facts = { ...factsAnew(ended, told), similarTo };
    const asked = { ...wish, settlementId: newId('st'), requestedBy: actor, ...facts };
    const isNew = await insertSettlement(tx, tenantId, { ...asked, payloadHash: settlementHash(asked) });
    if (!isNew) {
      const earlier = await settlementByReference(tx, tenantId, { connectionId, reference });
      if (earlier === undefined) throw new Error('A taken settlement reference has no settlement');
      return earlierOf(wish, earlier);
    }
    const { settlementId } = asked;
    await noteBankLines(tx, tenantId, { connectionId, settlementId, lineKeys: told?.batch.bankLines ?? [] });
    return { accepted: true, settlementId, created: true };
  }

  /** What stands in the books, or will, of the same transfer. */
  private async settledBefore(
    tx: Transaction,
    tenantId: string,
    { connectionId, reference: batchRef, currency }: SettlementWish,
    told: ToldBatch | undefined,
  ): Promise<SettlementRefusal | undefined> {
    const credits = { connectionId, lineKeys: told?.batch.bankLines ?? [], except: null };
    const own = { ...credits, currency, names: namesOf({ batchRef, currency }) };
    const standing = await standingAgain(tx, tenantId, own);
    if (standing !== null) return { code: 'settlement-stands-again', settlementId: standing };
    const holder = await settlementOfBankLines(tx, tenantId, credits);
    if (holder === undefined || holder.isEnded) return undefined;
    return { code: 'credit-settled', settlementId: holder.settlementId };
  }
}

/** A batch whose figures add up; others are none to settle by. */
const soundOf = (told: ToldBatch | undefined): ToldBatch | undefined =>
  told !== undefined && unsoundness(sumsOf(told.batch)) === undefined ? told : undefined;

/** Nobody books a known batch by another amount than what it paid. */
const differenceOf = (
  { amountMinor }: SettlementWish,
  told: ToldBatch | undefined,
): SettlementRefusal | undefined => {
  const netMinor = soundOf(told)?.batch.netMinor;
  if (netMinor === undefined || BigInt(netMinor) === amountMinor) return undefined;
  return { code: 'batch-net-differs', netMinor: BigInt(netMinor) };
};

/**
 * What it has beside what the person says: the batch as it was told last, so that its fees of now are booked,
 * too. Nobody approves it who handed in files of that, or of the one of the same name that ended.
 */
const factsAnew = (ended: SettlementRow | undefined, told: ToldBatch | undefined) => {
  const evidenceBy = [...new Set([...(ended?.evidenceBy ?? []), ...(told?.batch.handedInBy ?? [])])];
  const sound = soundOf(told);
  const feeDifferenceMinor = sound === undefined ? 0n : feeDifferenceOf(sumsOf(sound.batch));
  const { batchRef = null, batch = null } = sound ?? {};
  return { batchRef, batch, feeDifferenceMinor, evidenceBy, automatic: false };
};

/** The settlement that has the name already, if it is of the same money. */
const earlierOf = (
  { amountMinor, currency }: SettlementWish,
  { settlementId, ...earlier }: SettlementRow,
): SettlementOutcome => {
  const isSame = earlier.amountMinor === amountMinor && earlier.currency === currency;
  if (isSame) return { accepted: true, settlementId, created: false };
  return { accepted: false, refusal: { code: 'settlement-reference-taken', settlementId } };
};
