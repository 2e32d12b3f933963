import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { newId } from '@defter/kernel';
import { type Caller, canonicalJson, Database } from '@defter/platform';
import { connectionOf, Tenants } from '../tenants/tenants.js';
import { type AskedSettlement, insertSettlement, settlementByReference } from './settlement-row.js';
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
  ) {}

  async getOrCreate(caller: Caller, wish: SettlementWish): Promise<SettlementOutcome> {
    const { tenantId, actor, kind } = caller;
    // Whoever holds a machine's key could ask with it, and approve as themselves.
    if (kind !== 'person') return { accepted: false, refusal: { code: 'person-required' } };
    const tenant = await this.tenants.get(tenantId);
    const { connectionId, reference, amountMinor, currency } = wish;
    if (connectionOf(tenant, connectionId) === undefined) {
      return { accepted: false, refusal: { code: 'connection-unknown' } };
    }
    return this.database.transaction(async (tx) => {
      const settlementId = newId('st');
      const asked = { ...wish, settlementId, requestedBy: actor };
      const isNew = await insertSettlement(tx, tenantId, { ...asked, payloadHash: hashOf(asked) });
      if (!isNew) {
        const earlier = await settlementByReference(tx, tenantId, { connectionId, reference });
        if (earlier === undefined) throw new Error('A taken settlement reference has no settlement');
        const isSame = earlier.amountMinor === amountMinor && earlier.currency === currency;
        const { settlementId: id } = earlier;
        if (isSame) return { accepted: true, settlementId: id, created: false };
        return { accepted: false, refusal: { code: 'settlement-reference-taken', settlementId: id } };
      }
      return { accepted: true, settlementId, created: true };
    });
  }
}

/** Digest (SHA-256, hex) of all that an approver decides about. */
const hashOf = ({ amountMinor, ...asked }: Omit<AskedSettlement, 'payloadHash'>): string =>
  createHash('sha256')
    .update(canonicalJson({ ...asked, amountMinor: amountMinor.toString() }))
    .digest('hex');
