import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Transaction } from '@defter/platform';
import type { Clock } from '@defter/kernel';
import { Payouts } from './payouts/payouts.js';
import { Tenants } from './tenants/tenants.js';

/** Tells the owner of a booking that the ledger refused it, so that what can be made good is. */
@Injectable()
export class RefusedBookings {
  constructor(
    private readonly tenants: Tenants,
    private readonly payouts: Payouts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async record(tx: Transaction, tenantId: string, bookingId: string, code: string): Promise<void> {
    const [, payoutId] = /^payout:(po_[0-9a-f]+):/.exec(bookingId) ?? [];
    if (payoutId === undefined) return;
    const tenant = await this.tenants.get(tenantId);
    const at = this.clock.now().toISOString();
    const command = { type: 'RecordRefusedBooking', bookingId, code, at } as const;
    await this.payouts.handle(tx, tenant, payoutId, { command, actor: 'ledger' });
  }
}
