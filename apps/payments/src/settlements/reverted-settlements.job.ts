import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { Database, Logger } from '@defter/platform';
import { forgetForeignReversals, forgetReversal, takeRevertedSettlements } from '../bookings/reversal-row.js';
import { Pollings } from '../pollings.js';
import { Tenants } from '../tenants/tenants.js';
import { UnbookedSettlements } from './unbooked-settlements.js';

const EVERY_MS = 1_000;

/**
 * Ends settlements whose transaction somebody has reverted in the ledger, and tells people. Whether the
 * ledger's word of the booking or that of the reversal came first makes no difference: this looks at both.
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
    let ended = 0;
    for (const tenant of await this.tenants.all()) {
      ended += await this.end(tenant);
      await forgetForeignReversals(this.database, tenant.id, tenant.ledger);
    }
    return ended > 0;
  }

  private end(tenant: Tenant): Promise<number> {
    const { id: tenantId, ledger } = tenant;
    return this.database.transaction(async (tx) => {
      const reverted = await takeRevertedSettlements(tx, tenantId, ledger);
      for (const { settlementId, transactionId, revertedBy } of reverted) {
        const reason = `transaction ${revertedBy} reverted its transaction ${transactionId} in the ledger`;
        await this.unbooked.end(tx, tenant, settlementId, { how: 'reverted', reason, revertedBy });
        await forgetReversal(tx, tenantId, ledger, transactionId);
        this.logger.error('A settlement was reverted in the ledger', { tenantId, settlementId, reason });
      }
      return reverted.length;
    });
  }
}
