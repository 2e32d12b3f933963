import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import type { ExistingPayout, PayoutCommand } from '@defter/payments-domain';
import { CONFIG, CrashPoints, Database } from '@defter/platform';
import type { PaymentsConfig } from '../config.js';
import type { CrashPoint } from '../crash-points.js';
import { takeReserving } from './payout-row.js';
import { claimRequest, findRequest, type PayoutRequestRow } from './payout-request-row.js';
import { Payouts } from './payouts.js';

/** The payouts whose hold is still to be asked for: claimed, committed, and found again after a crash. */
@Injectable()
export class PayoutClaims {
  constructor(
    private readonly database: Database,
    private readonly payouts: Payouts,
    private readonly crash: CrashPoints<CrashPoint>,
    @Inject(CONFIG) private readonly config: PaymentsConfig,
  ) {}

  /** Commits the payout as `reserving` under its key, unless the key is taken. */
  async claim(
    tenant: Tenant,
    command: Extract<PayoutCommand, { type: 'ClaimPayout' }>,
    request: { readonly key: string; readonly fingerprint: Buffer },
  ): Promise<void> {
    const { payoutId, requestedBy: actor } = command;
    this.crash.reach('payout.before-claim');
    await this.database.transaction(async (tx) => {
      if (!(await claimRequest(tx, tenant.id, { ...request, payoutId }))) return;
      const asked = { command, actor, retryMs: this.config.reserveRetryMs };
      const outcome = await this.payouts.handle(tx, tenant, payoutId, asked);
      if (!outcome.accepted) throw new Error(`A new payout was refused: ${outcome.refusal.code}`);
    });
    this.crash.reach('payout.after-claim');
  }

  find(tenantId: string, key: string): Promise<PayoutRequestRow | undefined> {
    return findRequest(this.database, tenantId, key);
  }

  /** Those that nobody has answered for in time. */
  takeWaiting(tenantId: string): Promise<ExistingPayout[]> {
    return this.database.transaction((tx) => takeReserving(tx, tenantId, this.config.reserveRetryMs));
  }
}
