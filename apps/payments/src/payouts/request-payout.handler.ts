import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Connection, payoutPolicyOf, type Tenant } from '@defter/backoffice-contracts';
import { newId } from '@defter/kernel';
import { approvalsRequiredFor, type ExistingPayout, type PayoutCommand } from '@defter/payments-domain';
import { canonicalJson, expectNoCardInKey, Fault } from '@defter/platform';
import { insufficientFunds } from '../insufficient-funds.js';
import { Routes } from '../routes.js';
import { payloadHashOf } from './payload-hash.js';
import { PayoutClaims } from './payout-claims.js';
import type { PayoutRequestRow } from './payout-request-row.js';
import type { PayoutRequestRefusal } from './payout.problems.js';
import type { PayoutWish } from './payout.wire.js';
import { Payouts } from './payouts.js';
import { Reservation } from './reservation.js';

export type RequestOutcome =
  | {
      readonly accepted: true;
      readonly payout: ExistingPayout;
      readonly version: bigint;
      readonly createdAt: Date;
      readonly repeated: boolean;
    }
  | { readonly accepted: false; readonly refusal: PayoutRequestRefusal; readonly repeated: boolean };

interface Asker {
  readonly tenantId: string;
  readonly actor: string;
  readonly scopes: readonly string[];
  readonly key: string;
}

/**
 * Requests a payout: the row is claimed under its key and committed, the ledger is asked for the hold with
 * the payout's
 * id, the answer is recorded. A crash in between leaves `reserving`; whoever comes next, the caller with the
 * same key
 * or the sweeper, goes on from there.
 */
@Injectable()
export class RequestPayout {
  constructor(
    private readonly routes: Routes,
    private readonly claims: PayoutClaims,
    private readonly payouts: Payouts,
    private readonly reservation: Reservation,
  ) {}

  /**
   * @throws ProblemException `malformed` for a card number as a new key; @throws Fault while the ledger's
   * answer isn't known; asking again with the same key is safe
   */
  async handle(asker: Asker, wish: PayoutWish): Promise<RequestOutcome> {
    const tenant = await this.routes.tenant(asker.tenantId);
    const fingerprint = createHash('sha256').update(canonicalJson(wish)).digest();
    const earlier = await this.claims.find(tenant.id, asker.key);
    if (earlier === undefined) {
      expectNoCardInKey(asker);
      const routed = this.routes.choose(tenant, wish.connectionId, wish.currency, wish.destination);
      if (!routed.accepted) return { ...routed, repeated: false };
      // Before the claim, so that nothing is held or approved for a provider that pays nobody.
      if (!this.routes.can(routed.connection.provider, 'payout')) return notSupported;
      const command = this.claimOf(tenant, routed.connection, asker, wish);
      await this.claims.claim(tenant, command, { key: asker.key, fingerprint });
    }
    const request = await this.requestOf(asker);
    if (!request.fingerprint.equals(fingerprint)) {
      return { accepted: false, refusal: { code: 'idempotency_key_reused' }, repeated: false };
    }
    if (request.answered !== undefined) return toOutcome(request.answered, true, asker);
    await this.reservation.settle(tenant, request.claimed);
    const { answered, payoutId } = await this.requestOf(asker);
    if (answered === undefined) throw new Fault('payout-reserving', `${payoutId} has no answer yet`);
    return toOutcome(answered, earlier !== undefined, asker);
  }

  private claimOf(
    tenant: Tenant,
    connection: Connection,
    { actor }: Asker,
    { connectionId: _, ...wish }: PayoutWish,
  ): Extract<PayoutCommand, { type: 'ClaimPayout' }> {
    const facts = {
      payoutId: newId('po'),
      ...wish,
      provider: connection.provider,
      connectionId: connection.id,
      requestedBy: actor,
    };
    const payloadHash = payloadHashOf(facts);
    const now = this.payouts.now();
    const { bands, reviewWithinMinutes, payWithinMinutes } = payoutPolicyOf(tenant);
    return {
      type: 'ClaimPayout',
      ...facts,
      payloadHash,
      approvalsRequired: approvalsRequiredFor(wish.amountMinor, wish.currency, bands),
      reviewDeadline: minutesAfter(now, reviewWithinMinutes),
      slaBreachAt: minutesAfter(now, payWithinMinutes),
      at: now.toISOString(),
    };
  }

  private async requestOf({ tenantId, key }: Asker): Promise<PayoutRequestRow> {
    const request = await this.claims.find(tenantId, key);
    if (request === undefined) throw new Error('A claimed payout request has no row');
    return request;
  }
}

const notSupported: RequestOutcome = {
  ...{ accepted: false, refusal: { code: 'operation-not-supported', operationKind: 'payout' } },
  repeated: false,
};

const minutesAfter = (now: Date, minutes: number): string =>
  new Date(now.getTime() + minutes * 60_000).toISOString();

const toOutcome = (
  answered: NonNullable<PayoutRequestRow['answered']>,
  repeated: boolean,
  asker: Asker,
): RequestOutcome => {
  const { refusedBecause: reason, currency } = answered.payout;
  if (reason === null) return { accepted: true, ...answered, repeated };
  const refusal: PayoutRequestRefusal =
    reason === 'insufficient-funds'
      ? insufficientFunds(answered.payout, currency, asker)
      : { code: 'hold-refused', reason };
  return { accepted: false, refusal, repeated };
};
