import { Injectable } from '@nestjs/common';
import { newId } from '@defter/kernel';
import { type Caller, Database } from '@defter/platform';
import { Providers } from '../providers.js';
import { connectionOf, Tenants } from '../tenants/tenants.js';
import { lockConnection, settlementOfBatch, similarSettlement } from './same-settlement.read.js';
import { noteBankLines } from './settled-bank-lines.js';
import { insertSettlement, type SettlementRow, settlementByReference } from './settlement-row.js';
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
    const { tenantId, actor, kind } = caller;
    // Whoever holds a machine's key could ask with it, and approve as themselves.
    if (kind !== 'person') return { accepted: false, refusal: { code: 'person-required' } };
    const tenant = await this.tenants.get(tenantId);
    const { connectionId, reference, amountMinor, currency } = wish;
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
      const likeness = { connectionId, currency, amountMinor, names: [reference], except: null };
      const facts = {
        ...factsAnew(wish, ofBatch),
        similarTo: await similarSettlement(tx, tenantId, likeness),
      };
      const asked = { ...wish, settlementId: newId('st'), requestedBy: actor, ...facts };
      const isNew = await insertSettlement(tx, tenantId, { ...asked, payloadHash: settlementHash(asked) });
      const { settlementId, batch } = asked;
      const credits = { connectionId, settlementId, lineKeys: batch?.bankLines ?? [] };
      if (isNew) await noteBankLines(tx, tenantId, credits);
      if (isNew) return { accepted: true, settlementId, created: true };
      const earlier = await settlementByReference(tx, tenantId, { connectionId, reference });
      if (earlier === undefined) throw new Error('A taken settlement reference has no settlement');
      return earlierOf(wish, earlier);
    });
  }
}

/**
 * What it has of one of the same name that ended: whose files it follows from, and of the same money the
 * batch, so that its fees are booked, too, and its credits stay in one settlement.
 */
const factsAnew = ({ amountMinor }: SettlementWish, ended: SettlementRow | undefined) => {
  const { batchRef = null, batch = null, feeDifferenceMinor = 0n, evidenceBy = [] } = ended ?? {};
  const isSame = ended?.amountMinor === amountMinor;
  const ofBatch = isSame ? { batchRef, batch, feeDifferenceMinor } : NO_BATCH;
  return { ...ofBatch, evidenceBy, automatic: false };
};

const NO_BATCH = { batchRef: null, batch: null, feeDifferenceMinor: 0n };

/** The settlement that has the name already, if it is of the same money. */
const earlierOf = (
  { amountMinor, currency }: SettlementWish,
  { settlementId, ...earlier }: SettlementRow,
): SettlementOutcome => {
  const isSame = earlier.amountMinor === amountMinor && earlier.currency === currency;
  if (isSame) return { accepted: true, settlementId, created: false };
  return { accepted: false, refusal: { code: 'settlement-reference-taken', settlementId } };
};
