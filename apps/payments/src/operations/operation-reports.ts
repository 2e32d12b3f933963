import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { CrashPoints, Database } from '@defter/platform';
import type { CrashPoint } from '../crash-points.js';
import { UnansweredPayers } from '../unanswered-payers.js';
import { Observations } from '../observations.js';
import { Payouts } from '../payouts/payouts.js';
import { holdsLease, type LeasedOperation, yieldOperation } from './operation-lease.js';
import type { OpenLine } from './outbound.js';
import type { CallReport } from './provider-call.js';

/** What a runner commits before and after a call. */
@Injectable()
export class OperationReports {
  @Inject(UnansweredPayers) private readonly payers!: UnansweredPayers;

  constructor(
    private readonly database: Database,
    private readonly payouts: Payouts,
    private readonly observations: Observations,
    private readonly crash: CrashPoints<CrashPoint>,
  ) {}

  /** Notes that a payout may be on its way from now on; false when it needs no sending any more. */
  submit(tenant: Tenant, held: LeasedOperation): Promise<boolean> {
    const { ownerId } = held;
    const { operationId } = held.call;
    return this.database.transaction(async (tx) => {
      const command = { type: 'SubmitPayout', operationId, at: this.payouts.now().toISOString() } as const;
      const { accepted } = await this.payouts.handle(tx, tenant, ownerId, { command, actor: 'runner' });
      // Undone with the transaction: another runner has it, or nobody shall have it.
      if (accepted && !(await holdsLease(tx, held))) throw new Error(`The lease of ${operationId} is lost`);
      if (!accepted) await yieldOperation(tx, held);
      this.crash.reach('payout.before-submit');
      tx.afterCommit(() => this.crash.reach('payout.after-submit'));
      return accepted;
    });
  }

  /** The call or look-up told this. */
  async observe(
    tenant: Tenant,
    held: LeasedOperation,
    { observation, notFound }: CallReport,
    { nativeIdempotency, unseenMs }: Pick<OpenLine, 'nativeIdempotency' | 'unseenMs'>,
  ): Promise<void> {
    const { ownerId, leaseNumber, step } = held;
    const wasLookup = step === 'look_up';
    const isSilent = wasLookup && observation.result === 'unknown';
    await this.database.transaction(async (tx) => {
      await this.observations.apply(tx, tenant, {
        ownerId,
        observation,
        observationId: `${observation.source}:${leaseNumber}`,
        call: { leaseNumber, wasLookup, notFound, nativeIdempotency, unseenMs, isSilent },
      });
      if (wasLookup && observation.result === 'pending') await this.payers.stillWaiting(tx, tenant, held);
      this.crash.reach('operation.before-commit');
    });
  }
}
