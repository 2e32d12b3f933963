import { Injectable } from '@nestjs/common';
import { Pollings } from '../pollings.js';
import { Tenants } from '../tenants/tenants.js';
import { RefundClaims } from './refund-claims.js';
import { RefundHolds } from './refund-holds.js';

const EVERY_MS = 250;

/** Asks the ledger again about refunds whose hold isn't known: a crash or time-out came in between. */
@Injectable()
export class RefundSweeper {
  constructor(
    private readonly tenants: Tenants,
    private readonly claims: RefundClaims,
    private readonly holds: RefundHolds,
    private readonly pollings: Pollings,
  ) {
    pollings.every({ name: 'refund-holds', everyMs: EVERY_MS, round: () => this.round() });
  }

  private async round(): Promise<boolean> {
    for (const tenant of await this.tenants.all()) {
      for (const row of await this.claims.takeWaiting(tenant.id)) {
        const what = { tenantId: tenant.id, refundId: row.refund.refundId };
        // Beside the rounds: one tenant's trouble doesn't keep the others waiting.
        this.pollings.inBackground(what, () => this.holds.settle(tenant, row));
      }
    }
    return false;
  }
}
