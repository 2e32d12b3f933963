import { Injectable } from '@nestjs/common';
import type { PayoutCommand } from '@defter/payments-domain';
import { type Caller, CrashPoints, Database, notFound } from '@defter/platform';
import type { CrashPoint } from '../crash-points.js';
import { newOperation } from '../new-operation.js';
import { connectionOf, Tenants } from '../tenants/tenants.js';
import { type PayoutOutcome, Payouts } from './payouts.js';
import { findPayout } from './payout.read.js';

/** What people do to a payout; who may is decided by the aggregate, and by the database. */
@Injectable()
export class ChangePayout {
  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    private readonly payouts: Payouts,
    private readonly crash: CrashPoints<CrashPoint>,
  ) {}

  async approve(
    caller: Caller,
    payoutId: string,
    seen: { payloadHash: string; note: string },
  ): Promise<PayoutOutcome> {
    const tenant = await this.tenants.get(caller.tenantId);
    const row = await findPayout(this.database, caller.tenantId, payoutId, 0);
    const connection = row && connectionOf(tenant, row.payout.connectionId);
    if (row === undefined || connection === undefined) throw notFound();
    const { amountMinor, currency, destination: instrument } = row.payout;
    const now = this.payouts.now();
    const wish = { kind: 'payout', amountMinor, currency, instrument } as const;
    return this.run(caller, payoutId, {
      type: 'ApprovePayout',
      by: caller.actor,
      person: caller.kind === 'person',
      ...seen,
      at: now.toISOString(),
      operation: newOperation(tenant, connection, wish, now),
    });
  }

  reject(caller: Caller, payoutId: string, reason: string): Promise<PayoutOutcome> {
    return this.run(caller, payoutId, { type: 'RejectPayout', by: caller.actor, reason, at: this.at() });
  }

  cancel(caller: Caller, payoutId: string, reason: string): Promise<PayoutOutcome> {
    return this.run(caller, payoutId, { type: 'CancelPayout', by: caller.actor, reason, at: this.at() });
  }

  /** Sends again what provably never left. */
  retry(caller: Caller, payoutId: string): Promise<PayoutOutcome> {
    return this.run(caller, payoutId, { type: 'RetryPayout', by: caller.actor, at: this.at() });
  }

  /** Asks the provider now; nobody writes an outcome. */
  resolve(caller: Caller, payoutId: string): Promise<PayoutOutcome> {
    return this.run(caller, payoutId, { type: 'ResolvePayout', by: caller.actor, at: this.at() });
  }

  private async run(caller: Caller, payoutId: string, command: PayoutCommand): Promise<PayoutOutcome> {
    const tenant = await this.tenants.get(caller.tenantId);
    return this.database.transaction(async (tx) => {
      const outcome = await this.payouts.handle(tx, tenant, payoutId, { command, actor: caller.actor });
      if (command.type === 'ApprovePayout') this.crash.reach('payout.before-approval');
      tx.afterCommit(() => {
        if (command.type === 'ApprovePayout') this.crash.reach('payout.after-approval');
      });
      return outcome;
    });
  }

  private at(): string {
    return this.payouts.now().toISOString();
  }
}
