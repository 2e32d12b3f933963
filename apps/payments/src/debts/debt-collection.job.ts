import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { CONFIG, CrashPoints, Database, Logger, loadStream, Metrics } from '@defter/platform';
import type { PaymentsConfig } from '../config.js';
import type { CrashPoint } from '../crash-points.js';
import { Intents } from '../intents/intents.js';
import { LedgerClient } from '../ledger-client.js';
import { Pollings } from '../pollings.js';
import { Tenants } from '../tenants/tenants.js';
import { type Debt, isAsTaken, isMoving, lookAgain, restDebt, takeDueDebts } from '../debt-row.js';

const EVERY_MS = 1_000;
/** The ledger's events wake a debt that rests; this is for what no event tells. */
const RETRY_MS = 3_600_000;

/**
 * Takes what is owed for lost disputes, when money comes to whoever owes it. The ledger says what there is;
 * under the lock of the intent it is decided how much of that is taken, and only once the ledger has answered
 * for the part before. So each part is taken once, whoever crashes, and however many processes look.
 */
@Injectable()
export class DebtCollection {
  @Inject(CONFIG) private readonly config!: PaymentsConfig;
  @Inject(Metrics) private readonly metrics!: Metrics;
  @Inject(Logger) private readonly logger!: Logger;
  @Inject(CrashPoints) private readonly crash!: CrashPoints<CrashPoint>;
  @Inject(Tenants) private readonly tenants!: Tenants;

  constructor(
    private readonly database: Database,
    private readonly ledger: LedgerClient,
    private readonly intents: Intents,
    pollings: Pollings,
  ) {
    pollings.every({ name: 'debt-collection', everyMs: EVERY_MS, round: () => this.round() });
  }

  private async round(): Promise<boolean> {
    let taken = 0;
    for (const tenant of await this.tenants.all()) {
      const due = await takeDueDebts(this.database, tenant.id, this.config.leaseMs);
      if (due.length > 0) this.crash.reach('debt.after-take');
      for (const debt of due) await this.tryToCollect(tenant, debt);
      taken += due.length;
    }
    return taken > 0;
  }

  /** One that fails is looked at again, and keeps no other one. */
  private async tryToCollect(tenant: Tenant, debt: Debt): Promise<void> {
    try {
      await this.collect(tenant, debt);
    } catch (error) {
      this.logger.warn('A debt could not be looked at', { tenantId: tenant.id, ...debt, error });
      await lookAgain(this.database, tenant.id, debt.operationId);
    }
  }

  /**
   * The balance is read with no transaction open, and with no part on its way: else what the part takes might
   * be counted once more. If it is older than the truth nevertheless, the ledger refuses.
   */
  private async collect(tenant: Tenant, debt: Debt): Promise<void> {
    const { intentId, operationId, account, asset } = debt;
    if (await isMoving(this.database, tenant.id, operationId)) {
      await lookAgain(this.database, tenant.id, operationId);
      return;
    }
    const availableMinor = await this.ledger.available(tenant, account, asset);
    await this.database.transaction(async (tx) => {
      await loadStream(tx, tenant.id, intentId, { lock: true });
      // A part that was asked for meanwhile is on its way, one that was refused has its pause, and money that
      // came meanwhile makes the debt due again.
      if (!(await isAsTaken(tx, tenant.id, debt))) return;
      const at = this.intents.now().toISOString();
      const command = { type: 'CollectDebt', operationId, availableMinor, at } as const;
      const outcome = await this.intents.handle(tx, tenant, intentId, { command, actor: 'debt-collection' });
      if (!outcome.accepted || !outcome.isNews) {
        await restDebt(tx, tenant.id, debt, RETRY_MS);
        return;
      }
      this.crash.reach('debt.before-commit');
      tx.afterCommit(() => {
        this.crash.reach('debt.after-commit');
        this.metrics
          .counter('defter_payments_debt_parts_total', 'Parts of debts that the ledger was asked to move', [])
          .inc();
      });
    });
  }
}
