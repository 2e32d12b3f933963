import { Injectable } from '@nestjs/common';
import { Database } from '@defter/platform';
import { type IntentOutcome, Intents } from '../intents/intents.js';
import { Tenants } from '../tenants/tenants.js';
import type { RefundRow } from '../refund-row.js';

/** What people ask of a refund that is on its way. */
@Injectable()
export class ChangeRefund {
  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    private readonly intents: Intents,
  ) {}

  /** Sends again what provably never left, or asks the provider now; nobody writes an outcome. */
  async ask(
    who: { readonly tenantId: string; readonly actor: string },
    { refund: { refundId }, intentId }: RefundRow,
    type: 'RetryRefund' | 'ResolveRefund',
  ): Promise<IntentOutcome> {
    const tenant = await this.tenants.get(who.tenantId);
    const command = { type, refundId, by: who.actor, at: this.intents.now().toISOString() };
    return this.database.transaction((tx) =>
      this.intents.handle(tx, tenant, intentId, { command, actor: who.actor }),
    );
  }
}
