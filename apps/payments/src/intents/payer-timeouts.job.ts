import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { waitingAttempt } from '@defter/payments-domain';
import { Database, Logger } from '@defter/platform';
import { Pollings } from '../pollings.js';
import { Tenants } from '../tenants/tenants.js';
import { findIntent } from './intent.read.js';
import { askAboutWaiting, takeWaitedOut, type WaitingAttempt } from './waiting-attempt-row.js';

const EVERY_MS = 1_000;
/** After this one that is still there is looked at again: nobody answered, or it waits for a bank. */
const RETRY_MS = 60_000;

/**
 * Asks providers about attempts whose payer's time is over, as noted when each began. What they say decides:
 * see `UnansweredPayers`. Whoever finished just before is charged, and not given up.
 */
@Injectable()
export class PayerTimeouts {
  @Inject(Logger) private readonly logger!: Logger;

  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    pollings: Pollings,
  ) {
    pollings.every({ name: 'payer-timeouts', everyMs: EVERY_MS, round: () => this.round() });
  }

  private async round(): Promise<boolean> {
    let taken = 0;
    for (const tenant of await this.tenants.all()) {
      const due = await this.database.transaction((tx) => takeWaitedOut(tx, tenant.id, RETRY_MS));
      for (const waiting of due) await this.tryToAsk(tenant, waiting);
      taken += due.length;
    }
    return taken > 0;
  }

  /** One that fails is due again by itself, and keeps nobody else. */
  private async tryToAsk(tenant: Tenant, waiting: WaitingAttempt): Promise<void> {
    try {
      await this.ask(tenant, waiting);
    } catch (error) {
      const about = { tenantId: tenant.id, ...waiting, error };
      this.logger.error('The provider could not be asked about an attempt whose payer walked away', about);
    }
  }

  /** One that waits for somebody else than its payer is asked about as ever. */
  private async ask({ id }: Tenant, { intentId, operationId }: WaitingAttempt): Promise<void> {
    const found = await findIntent(this.database, id, intentId);
    if (found === undefined || waitingAttempt(found.intent)?.operationId !== operationId) return;
    await this.database.transaction((tx) => askAboutWaiting(tx, id, operationId));
  }
}
