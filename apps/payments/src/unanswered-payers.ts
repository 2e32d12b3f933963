import { Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { newId } from '@defter/kernel';
import { Metrics, type Transaction } from '@defter/platform';
import type { LeasedOperation } from './operations/operation-lease.js';
import { Intents } from './intents/intents.js';
import { isAskedInTime } from './intents/waiting-attempt-row.js';

/** Gives up attempts whose payer walked away, on the provider's word that they still wait. */
@Injectable()
export class UnansweredPayers {
  constructor(
    private readonly intents: Intents,
    private readonly metrics: Metrics,
  ) {}

  /**
   * The provider was asked about an attempt, and says that it is not finished. If its payer's time was over
   * when it was asked, it is given up; refused where it waits for somebody else than its payer.
   */
  async stillWaiting(tx: Transaction, tenant: Tenant, held: LeasedOperation): Promise<void> {
    const { ownerId: intentId, leaseNumber } = held;
    const { operationId: attempt, kind } = held.call;
    if (kind !== 'sale' && kind !== 'authorize') return;
    if (!(await isAskedInTime(tx, tenant.id, attempt, leaseNumber))) return;
    const at = this.intents.now().toISOString();
    const [by, reason] = ['payer-timeouts', 'payer_timeout'] as const;
    const command = { type: 'AbandonAttempt', attempt, operationId: newId('op'), reason, by, at } as const;
    const outcome = await this.intents.handle(tx, tenant, intentId, { command, actor: by });
    // Accepted without news where somebody else has given it up already.
    if (!outcome.accepted || !outcome.isNews) return;
    tx.afterCommit(() =>
      this.metrics
        .counter('defter_payments_attempts_timed_out_total', 'Attempts whose payer walked away', [])
        .inc(),
    );
  }
}
