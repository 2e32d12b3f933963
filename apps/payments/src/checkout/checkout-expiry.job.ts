import { Injectable } from '@nestjs/common';
import { Database } from '@defter/platform';
import { PayCheckout } from '../pay-checkout.handler.js';
import { Pollings } from '../pollings.js';
import { Tenants } from '../tenants/tenants.js';
import { takeExpiring } from './checkout-session-row.js';

const EVERY_MS = 500;
/** After this a session that is still open is looked at again: its payment was under way, or a crash came. */
const RETRY_MS = 5_000;

/** Ends the sessions whose time is up, by the database's clock. */
@Injectable()
export class CheckoutExpiry {
  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    private readonly paying: PayCheckout,
    private readonly pollings: Pollings,
  ) {
    pollings.every({ name: 'checkout-expiry', everyMs: EVERY_MS, round: () => this.round() });
  }

  private async round(): Promise<boolean> {
    for (const tenant of await this.tenants.all()) {
      const due = await this.database.transaction((tx) => takeExpiring(tx, tenant.id, RETRY_MS));
      for (const { sessionId, intentId } of due) {
        const expire = async () => void (await this.paying.expire(tenant, sessionId, intentId));
        this.pollings.inBackground({ tenantId: tenant.id, sessionId }, expire);
      }
    }
    return false;
  }
}
