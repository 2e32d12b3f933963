import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { newId } from '@defter/kernel';
import { Database, Logger, Metrics } from '@defter/platform';
import { Pollings } from '../pollings.js';
import { Tenants } from '../tenants/tenants.js';
import { Intents } from './intents.js';
import { takeWaitedOut, type WaitingAttempt } from './waiting-attempt-row.js';

const EVERY_MS = 1_000;
/** After this one that could not be given up is looked at again: a crash came, or it waits for a bank. */
const RETRY_MS = 60_000;

/** Gives up attempts whose payer walked away, by the time that was noted when each began. */
@Injectable()
export class PayerTimeouts {
  @Inject(Metrics) private readonly metrics!: Metrics;
  @Inject(Logger) private readonly logger!: Logger;

  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    private readonly intents: Intents,
    pollings: Pollings,
  ) {
    pollings.every({ name: 'payer-timeouts', everyMs: EVERY_MS, round: () => this.round() });
  }

  private async round(): Promise<boolean> {
    let taken = 0;
    for (const tenant of await this.tenants.all()) {
      const due = await this.database.transaction((tx) => takeWaitedOut(tx, tenant.id, RETRY_MS));
      for (const waiting of due) await this.tryToGiveUp(tenant, waiting);
      taken += due.length;
    }
    return taken > 0;
  }

  /** One that fails is due again by itself, and keeps nobody else. */
  private async tryToGiveUp(tenant: Tenant, waiting: WaitingAttempt): Promise<void> {
    try {
      await this.giveUp(tenant, waiting);
    } catch (error) {
      const about = { tenantId: tenant.id, ...waiting, error };
      this.logger.error('An attempt whose payer walked away could not be given up', about);
    }
  }

  /** Refused where the attempt waits for somebody else than its payer; the provider is asked as ever. */
  private async giveUp(tenant: Tenant, { intentId, operationId: attempt }: WaitingAttempt): Promise<void> {
    const at = this.intents.now().toISOString();
    const [by, reason] = ['payer-timeouts', 'payer_timeout'] as const;
    const command = { type: 'AbandonAttempt', attempt, operationId: newId('op'), reason, by, at } as const;
    await this.database.transaction(async (tx) => {
      const { accepted } = await this.intents.handle(tx, tenant, intentId, { command, actor: by });
      if (!accepted) return;
      tx.afterCommit(() =>
        this.metrics
          .counter('defter_payments_attempts_timed_out_total', 'Attempts whose payer walked away', [])
          .inc(),
      );
    });
  }
}
