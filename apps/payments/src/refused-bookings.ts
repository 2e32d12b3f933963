import { Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import type { Transaction } from '@defter/platform';
import { Intents } from './intents/intents.js';
import { Payouts } from './payouts/payouts.js';
import { UnbookedSettlements } from './settlements/unbooked-settlements.js';
import { Tenants } from './tenants/tenants.js';

interface Refused {
  readonly ownerId: string;
  readonly bookingId: string;
  /** Why, in the ledger's words. */
  readonly code: string;
  /** Told once more, because nothing came of it. */
  readonly isAgain?: boolean;
}

/** Tells the owner of a booking that the ledger refused it, so that what can be made good is. */
@Injectable()
export class RefusedBookings {
  constructor(
    private readonly tenants: Tenants,
    private readonly intents: Intents,
    private readonly payouts: Payouts,
    private readonly unbooked: UnbookedSettlements,
  ) {}

  async tell(tx: Transaction, tenantId: string, refused: Refused): Promise<void> {
    const tell = this.byOwner[refused.ownerId.slice(0, 3)];
    if (tell !== undefined) await tell(tx, await this.tenants.get(tenantId), refused);
  }

  private readonly byOwner: Readonly<
    Record<string, (tx: Transaction, tenant: Tenant, refused: Refused) => Promise<void>>
  > = {
    pi_: (...told) => this.tellIntent(...told),
    po_: (...told) => this.tellPayout(...told),
    st_: (...told) => this.tellPeople(...told),
  };

  /** An intent books as a loss what left the provider's account though the ledger has no funds for it. */
  private async tellIntent(
    tx: Transaction,
    tenant: Tenant,
    { ownerId, bookingId, code, isAgain = false }: Refused,
  ): Promise<void> {
    const at = this.intents.now().toISOString();
    const command = { type: 'RecordRefusedBooking', bookingId, code, isAgain, at } as const;
    const outcome = await this.intents.handle(tx, tenant, ownerId, { command, actor: 'ledger' });
    if (!outcome.accepted) throw new Error(`${bookingId} of ${ownerId}: ${outcome.refusal.code}`);
  }

  /** A payout whose hold others ended books once more what became of its money. */
  private async tellPayout(
    tx: Transaction,
    tenant: Tenant,
    { ownerId, bookingId, code }: Refused,
  ): Promise<void> {
    const at = this.payouts.now().toISOString();
    const command = { type: 'RecordRefusedBooking', bookingId, code, at } as const;
    const outcome = await this.payouts.handle(tx, tenant, ownerId, { command, actor: 'ledger' });
    if (!outcome.accepted) throw new Error(`${bookingId} of ${ownerId}: ${outcome.refusal.code}`);
  }

  /** A settlement has nothing to make good: what the bank has is not in the books, and is a finding. */
  private async tellPeople(
    tx: Transaction,
    tenant: Tenant,
    { ownerId, bookingId, code }: Refused,
  ): Promise<void> {
    if (bookingId !== `settlement:${ownerId}`) throw new Error(`${bookingId} is no booking of ${ownerId}`);
    await this.unbooked.end(tx, tenant, ownerId, { how: 'refused', reason: code, revertedBy: null });
  }
}
