import { Injectable } from '@nestjs/common';
import type { Transaction } from '@defter/platform';
import { Intents } from '../intents/intents.js';
import { Tenants } from '../tenants/tenants.js';

/** What a booking that the ledger refused means to its owner. */
@Injectable()
export class RefusedBookings {
  constructor(
    private readonly tenants: Tenants,
    private readonly intents: Intents,
  ) {}

  /** An intent books as a loss what left the provider's account though the ledger has no funds for it. */
  async tell(tx: Transaction, tenantId: string, { ownerId, bookingId }: Refused): Promise<void> {
    if (!ownerId.startsWith('pi_')) return;
    const tenant = await this.tenants.get(tenantId);
    const command = {
      type: 'RecordRefusedBooking',
      bookingId,
      at: this.intents.now().toISOString(),
    } as const;
    const outcome = await this.intents.handle(tx, tenant, ownerId, { command, actor: 'ledger' });
    if (!outcome.accepted) throw new Error(`${bookingId} of ${ownerId}: ${outcome.refusal.code}`);
  }
}

interface Refused {
  readonly ownerId: string;
  readonly bookingId: string;
}
