import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type LedgerEventV1, LedgerTopics } from '@defter/ledger-contracts';
import { CrashPoints, Database, EventPattern, type ReceivedMessage } from '@defter/platform';
import type { CrashPoint } from '../crash-points.js';
import { wakeDebts } from '../debt-row.js';
import { markBooked } from './booking-row.js';

/**
 * Notes what the ledger booked, and to whom money has come who may owe some. The effect is keyed by the
 * command's id and doesn't depend on order or number, so it needs neither inbox nor position: one statement
 * per tenant and batch for each of the two.
 */
@Controller()
export class OnLedgerEventConsumer {
  constructor(
    private readonly database: Database,
    private readonly crash: CrashPoints<CrashPoint>,
  ) {}

  @EventPattern(LedgerTopics.events.name, { mode: 'batch' })
  async handle(@Payload() messages: readonly ReceivedMessage<LedgerEventV1>[]): Promise<void> {
    const byTenant = new Map<string, { bookingId: string; sequence: number }[]>();
    for (const { tenantId, body } of messages) {
      if (body.commandId === undefined) continue;
      const booked = { bookingId: body.commandId, sequence: body.sequence };
      byTenant.set(tenantId, [...(byTenant.get(tenantId) ?? []), booked]);
    }
    for (const [tenantId, funds] of fundsIn(messages)) await wakeDebts(this.database, tenantId, funds);
    for (const [tenantId, booked] of byTenant) {
      this.crash.reach('booking.before-commit');
      await markBooked(this.database, tenantId, booked);
      this.crash.reach('booking.after-commit');
    }
  }
}

type Funds = { readonly account: string; readonly asset: string };

/** Accounts of those who are paid that have something now, each once. */
const fundsIn = (messages: readonly ReceivedMessage<LedgerEventV1>[]): ReadonlyMap<string, Funds[]> => {
  const byTenant = new Map<string, Map<string, Funds>>();
  for (const { tenantId, body } of messages) {
    for (const { account, asset, available } of body.balances) {
      if (!/^(?:users|merchants):/.test(account) || !/^[1-9]/.test(available)) continue;
      const known = byTenant.get(tenantId) ?? new Map<string, Funds>();
      byTenant.set(tenantId, known.set(`${account} ${asset}`, { account, asset }));
    }
  }
  return new Map([...byTenant].map(([tenantId, funds]) => [tenantId, [...funds.values()]]));
};
