import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { newId } from '@defter/kernel';
import { canonicalJson, expectNoCardInKey, Fault } from '@defter/platform';
import { insufficientFunds } from '../insufficient-funds.js';
import { Intents } from '../intents/intents.js';
import { RefundClaims } from './refund-claims.js';
import { RefundHolds } from './refund-holds.js';
import { RefundTargets } from './refund-targets.js';
import type { RefundRefusal } from './refund.problems.js';
import type { RefundRequestRow, RefundRow } from '../refund-row.js';
import type { RefundWish } from './refund.wire.js';

export type RefundOutcome =
  | { readonly accepted: true; readonly row: RefundRow; readonly repeated: boolean }
  | { readonly accepted: false; readonly refusal: RefundRefusal; readonly repeated: boolean };

interface Asker {
  readonly tenantId: string;
  readonly actor: string;
  readonly scopes: readonly string[];
  readonly key: string;
}

/**
 * Requests a refund: it is claimed under its key and committed, the ledger is asked for the hold with the
 * refund's id, the answer is recorded. A crash in between leaves `reserving`; whoever comes next, the
 * caller with the same key or the sweeper, goes on from there.
 */
@Injectable()
export class RequestRefund {
  constructor(
    private readonly targets: RefundTargets,
    private readonly intents: Intents,
    private readonly claims: RefundClaims,
    private readonly holds: RefundHolds,
  ) {}

  /**
   * @throws ProblemException `malformed` for a card number as a new key; @throws Fault while the ledger's
   * answer isn't known; asking again with the same key is safe
   */
  async handle(asker: Asker, wish: RefundWish): Promise<RefundOutcome> {
    const tenant = await this.targets.tenant(asker.tenantId);
    const fingerprint = createHash('sha256').update(canonicalJson(wish)).digest();
    const claimed = await this.claim(asker, wish, fingerprint);
    if ('refusal' in claimed) return { accepted: false, refusal: claimed.refusal, repeated: false };
    const repeated = !claimed.isFirst;
    const request = await this.requestOf(asker);
    if (!request.fingerprint.equals(fingerprint)) {
      return { accepted: false, refusal: { code: 'idempotency_key_reused' }, repeated: false };
    }
    if (request.answered !== undefined) return toOutcome(request.answered, repeated, asker);
    await this.holds.settle(tenant, request);
    const { answered, refund } = await this.requestOf(asker);
    if (answered === undefined) throw new Fault('refund-reserving', `${refund.refundId} has no answer yet`);
    return toOutcome(answered, repeated, asker);
  }

  private async claim(asker: Asker, wish: RefundWish, fingerprint: Buffer) {
    const { tenantId, key } = asker;
    if ((await this.claims.find(tenantId, key)) !== undefined) return { isFirst: false };
    expectNoCardInKey(asker);
    const refusal = await this.targets.barred(tenantId, wish.intentId);
    if (refusal !== undefined) return { refusal };
    const tenant = await this.targets.tenant(tenantId);
    const { intentId } = wish;
    return this.claims.claim(tenant, this.commandOf(asker, wish), { intentId, key, fingerprint });
  }

  private commandOf({ actor: by }: Asker, { intentId: _, ...wish }: RefundWish) {
    const fresh = { refundId: newId('re'), operationId: newId('op') };
    return { type: 'RequestRefund', ...fresh, ...wish, by, at: this.intents.now().toISOString() } as const;
  }

  private async requestOf({ tenantId, key }: Asker): Promise<RefundRequestRow> {
    const request = await this.claims.find(tenantId, key);
    if (request === undefined) throw new Error('A claimed refund has no row');
    return request;
  }
}

const toOutcome = (row: RefundRow, repeated: boolean, asker: Asker): RefundOutcome => {
  const { refusedBecause: reason, operation } = row.refund;
  if (reason === null) return { accepted: true, row, repeated };
  const refusal: RefundRefusal =
    reason === 'insufficient-funds'
      ? insufficientFunds(row.refund, operation.currency, asker)
      : { code: 'hold-refused', reason };
  return { accepted: false, refusal, repeated };
};
