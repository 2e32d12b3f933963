import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { type Clock, newId } from '@defter/kernel';
import type { ExistingPayout, PayoutCommand } from '@defter/payments-domain';
import { canonicalJson, CLOCK, CONFIG, Database, Fault, type Transaction } from '@defter/platform';
import type { PaymentsConfig } from '../config.js';
import { CrashPoints } from '../crash-point.js';
import { routeRefusal } from '../new-operation.js';
import { Providers } from '../providers.js';
import { connectionOf, Tenants } from '../tenants/tenants.js';
import { payloadHashOf } from './payload-hash.js';
import { claimRequest, findRequest, type PayoutRequestRow } from './payout-request-row.js';
import type { PayoutRequestRefusal } from './payout.problems.js';
import type { PayoutWish } from './payout.wire.js';
import { Payouts } from './payouts.js';
import { Reservation } from './reservation.js';

export type RequestOutcome =
  | { readonly accepted: true; readonly payout: ExistingPayout; readonly version: bigint; readonly repeated: boolean }
  | { readonly accepted: false; readonly refusal: PayoutRequestRefusal; readonly repeated: boolean };

interface Asker {
  readonly tenantId: string;
  readonly actor: string;
  readonly key: string;
}

/**
 * Requests a payout: the row is claimed under its key and committed, the ledger is asked for the hold with the payout's
 * id, the answer is recorded. A crash in between leaves `reserving`; whoever comes next, the caller with the same key
 * or the sweeper, goes on from there.
 */
@Injectable()
export class RequestPayout {
  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    private readonly providers: Providers,
    private readonly payouts: Payouts,
    private readonly reservation: Reservation,
    private readonly crash: CrashPoints,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: PaymentsConfig,
  ) {}

  /** @throws Fault while the ledger's answer isn't known; asking again with the same key is safe */
  async handle(asker: Asker, wish: PayoutWish): Promise<RequestOutcome> {
    const tenant = await this.tenants.get(asker.tenantId);
    const fingerprint = createHash('sha256').update(canonicalJson(wish)).digest();
    const earlier = await findRequest(this.database, tenant.id, asker.key);
    if (earlier === undefined) {
      const command = this.claimOf(tenant, asker, wish);
      if ('code' in command) return { accepted: false, refusal: command, repeated: false };
      this.crash.reach('payout.before-claim');
      await this.database.transaction((tx) => this.claim(tx, tenant, command, { ...asker, fingerprint }));
      this.crash.reach('payout.after-claim');
    }
    const request = await this.requestOf(tenant.id, asker.key);
    if (!request.fingerprint.equals(fingerprint)) {
      return { accepted: false, refusal: { code: 'idempotency_key_reused' }, repeated: false };
    }
    if (request.answered !== undefined) return toOutcome(request.answered, true);
    await this.reservation.settle(tenant, request.claimed);
    const { answered } = await this.requestOf(tenant.id, asker.key);
    if (answered === undefined) throw new Fault('payout-reserving', `${request.payoutId} has no answer yet`);
    return toOutcome(answered, earlier !== undefined);
  }

  private async claim(
    tx: Transaction,
    tenant: Tenant,
    command: Extract<PayoutCommand, { type: 'ClaimPayout' }>,
    { key, fingerprint, actor }: Asker & { readonly fingerprint: Buffer },
  ): Promise<void> {
    const { payoutId } = command;
    if (!(await claimRequest(tx, tenant.id, { key, fingerprint, payoutId }))) return;
    const retryMs = this.config.reserveRetryMs;
    const outcome = await this.payouts.handle(tx, tenant, payoutId, { command, actor, retryMs });
    if (!outcome.accepted) throw new Error(`A new payout was refused: ${outcome.refusal.code}`);
  }

  private claimOf(
    tenant: Tenant,
    { actor }: Asker,
    { connectionId, ...wish }: PayoutWish,
  ): Extract<PayoutCommand, { type: 'ClaimPayout' }> | PayoutRequestRefusal {
    const connection = connectionOf(tenant, connectionId);
    const provider = this.providers.find(connection?.provider ?? '');
    const refusal = routeRefusal(tenant, connection, provider, wish.currency);
    if (connection === undefined || refusal !== undefined) return refusal ?? { code: 'connection-unknown' };
    const facts = {
      payoutId: newId('po'),
      ...wish,
      provider: connection.provider,
      connectionId: connection.id,
      requestedBy: actor,
    };
    const payloadHash = payloadHashOf(facts);
    const at = this.clock.now().toISOString();
    return { type: 'ClaimPayout', ...facts, payloadHash, approvalsRequired: 1, at };
  }

  private async requestOf(tenantId: string, key: string): Promise<PayoutRequestRow> {
    const request = await findRequest(this.database, tenantId, key);
    if (request === undefined) throw new Error('A claimed payout request has no row');
    return request;
  }
}

const toOutcome = (answered: NonNullable<PayoutRequestRow['answered']>, repeated: boolean): RequestOutcome => {
  const { refusedBecause: reason } = answered.payout;
  if (reason === null) return { accepted: true, ...answered, repeated };
  const refusal: PayoutRequestRefusal =
    reason === 'insufficient-funds' ? { code: reason } : { code: 'hold-refused', reason };
  return { accepted: false, refusal, repeated };
};
