import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { Database, Logger } from '@defter/platform';
import {
  forgetForeignReversals,
  forgetReversal,
  takeFurtherReversal,
  takeRevertedSettlement,
} from '../reversal-row.js';
import { Pollings } from '../pollings.js';
import { Tenants } from '../tenants/tenants.js';
import { UnbookedSettlements } from './unbooked-settlements.js';

const EVERY_MS = 1_000;
/** As many per round and tenant; one transaction each. */
const LIMIT = 20;

/**
 * Ends settlements whose transaction somebody has reverted in the ledger, and tells people; also of those
 * whose reversal is reverted, which stand in the books again, and so on. Whether the ledger's word of the
 * booking or that of the reversal came first makes no difference: this looks at both.
 */
@Injectable()
export class RevertedSettlements {
  @Inject(Logger) private readonly logger!: Logger;

  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    private readonly unbooked: UnbookedSettlements,
    pollings: Pollings,
  ) {
    pollings.every({ name: 'reverted-settlements', everyMs: EVERY_MS, round: () => this.round() });
  }

  private async round(): Promise<boolean> {
    let seen = 0;
    for (const tenant of await this.tenants.all()) {
      for (let nth = 0; nth < LIMIT && (await this.end(tenant)); nth++) seen++;
      for (let nth = 0; nth < LIMIT && (await this.reverse(tenant)); nth++) seen++;
      await forgetForeignReversals(this.database, tenant.id, tenant.ledger);
    }
    return seen > 0;
  }

  /** @returns whether there was one */
  private end(tenant: Tenant): Promise<boolean> {
    const { id: tenantId, ledger } = tenant;
    return this.database.transaction(async (tx) => {
      const reverted = await takeRevertedSettlement(tx, tenantId, ledger);
      if (reverted === undefined) return false;
      const { settlementId, transactionId, revertedBy } = reverted;
      const reason = `transaction ${revertedBy} reverted its transaction ${transactionId} in the ledger`;
      const unbooked = { how: 'reverted', reason, revertedBy } as const;
      const isNews = await this.unbooked.end(tx, tenant, settlementId, unbooked);
      await forgetReversal(tx, tenantId, ledger, transactionId);
      const facts = { tenantId, settlementId, reason };
      if (isNews) tx.afterCommit(() => this.logger.error('A settlement was reverted in the ledger', facts));
      return true;
    });
  }

  /** @returns whether there was one */
  private reverse(tenant: Tenant): Promise<boolean> {
    const { id: tenantId, ledger } = tenant;
    return this.database.transaction(async (tx) => {
      const further = await takeFurtherReversal(tx, tenantId, ledger);
      if (further === undefined) return false;
      const stands = await this.unbooked.reverse(tx, tenant, further);
      await forgetReversal(tx, tenantId, ledger, further.transactionId);
      if (stands === undefined) return true;
      const what = stands ? 'stands in the books again' : 'was reverted in the ledger once more';
      const { settlementId, transactionId, revertedBy } = further;
      const reason = `transaction ${revertedBy} reverted transaction ${transactionId} in the ledger`;
      const facts = { tenantId, settlementId, reason };
      tx.afterCommit(() => this.logger.error(`A settlement ${what}`, facts));
      return true;
    });
  }
}
