import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type LedgerEventV1, LedgerTopics } from '@defter/ledger-contracts';
import { CrashPoints, Database, EventPattern, type ReceivedMessage } from '@defter/platform';
import type { CrashPoint } from '../crash-points.js';
import { wakeDebts } from '../debt-row.js';
import { BookingsAfterAll } from './booked-after-all.js';
import { effectOfEvent, transactionOf } from '../booking-effect.js';
import { type BookedInLedger, markBooked } from './booking-row.js';
import { noteReversals, type Reversal } from '../reversal-row.js';

/**
 * Notes what the ledger booked, what it reverted, and to whom money has come who may owe some. The effect is
 * keyed by the command's id (or the transaction's) and doesn't depend on order or number, so it needs neither
 * inbox nor position: one statement per tenant and batch for each.
 */
@Controller()
export class OnLedgerEventConsumer {
  constructor(
    private readonly database: Database,
    private readonly crash: CrashPoints<CrashPoint>,
    private readonly afterAll: BookingsAfterAll,
  ) {}

  @EventPattern(LedgerTopics.events.name, { mode: 'batch' })
  async handle(@Payload() messages: readonly ReceivedMessage<LedgerEventV1>[]): Promise<void> {
    const byTenant = new Map<string, BookedInLedger[]>();
    for (const { tenantId, body } of messages) {
      if (body.commandId === undefined) continue;
      const { commandId: bookingId, sequence } = body;
      const booked = {
        ...{ bookingId, sequence, transactionId: transactionOf(body), effect: effectOfEvent(body) },
      };
      byTenant.set(tenantId, [...(byTenant.get(tenantId) ?? []), booked]);
    }
    for (const [tenantId, funds] of fundsIn(messages)) await wakeDebts(this.database, tenantId, funds);
    for (const [tenantId, booked] of byTenant) {
      this.crash.reach('booking.before-commit');
      await markBooked(this.database, tenantId, booked);
      await this.afterAll.tell(tenantId, booked);
      this.crash.reach('booking.after-commit');
    }
    for (const [tenantId, reversals] of reversalsIn(messages))
      await noteReversals(this.database, tenantId, reversals);
  }
}

/** What the ledger has reverted, whoever asked it to. */
const reversalsIn = (
  messages: readonly ReceivedMessage<LedgerEventV1>[],
): ReadonlyMap<string, readonly Reversal[]> => {
  const byTenant = new Map<string, Reversal[]>();
  for (const { tenantId, body } of messages) {
    if (body.type !== 'TransactionReverted') continue;
    const { revertedTransactionId: transactionId, transaction } = body.data;
    const reversal = { ledger: body.ledger, transactionId, revertedBy: transaction.id };
    byTenant.set(tenantId, [...(byTenant.get(tenantId) ?? []), reversal]);
  }
  return byTenant;
};

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
