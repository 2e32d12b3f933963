import { Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { depositBookingId, givenBackPostings, holdReference, shortageIn } from '@defter/payments-domain';
import { CrashPoints, Database, Fault } from '@defter/platform';
import { isRequested } from '../bookings/booking.read.js';
import type { CrashPoint } from '../crash-points.js';
import { findIntent } from '../intents/intent.read.js';
import { Intents } from '../intents/intents.js';
import { LedgerClient } from '../ledger-client.js';
import { toPostings } from '../publishing/booking-command.js';
import { type RefundRow, storeRefundAnswer } from '../refund-row.js';

/**
 * The hold of a refund: what goes back is reserved before the provider hears of it, so that a refund whose
 * wallet no longer has the funds is refused and never sent. Asked for with the refund's id as the key:
 * whoever asks again (the caller, the sweeper) gets the same one.
 */
@Injectable()
export class RefundHolds {
  constructor(
    private readonly database: Database,
    private readonly ledger: LedgerClient,
    private readonly intents: Intents,
    private readonly crash: CrashPoints<CrashPoint>,
  ) {}

  /** Asks the ledger, then records what it said. @throws Fault when that isn't known; it stays `reserving` */
  async settle(tenant: Tenant, row: RefundRow): Promise<void> {
    const { refundId } = row.refund;
    await this.expectDeposit(tenant.id, row);
    const answer = await this.ledger.hold(tenant, await this.holdOf(tenant, row));
    this.crash.reach('refund.after-hold');
    const refusedBecause = answer.placed ? null : answer.code;
    const shortage = answer.placed ? {} : shortageIn(answer);
    await this.database.transaction(async (tx) => {
      const at = this.intents.now().toISOString();
      const command = { type: 'RecordRefundHold', refundId, refusedBecause, ...shortage, at } as const;
      const outcome = await this.intents.handle(tx, tenant, row.intentId, { command, actor: 'ledger' });
      // Otherwise somebody else recorded the same answer first.
      if (outcome.accepted) await storeRefundAnswer(tx, tenant.id, refundId);
    });
    this.crash.reach('refund.after-record');
  }

  /** The ledger's refusal is for ever, so it isn't asked before it has what the capture brings. */
  private async expectDeposit(tenantId: string, { refund }: RefundRow): Promise<void> {
    const captured = refund.operation.parentOperationId;
    if (captured === null) return;
    if (await isRequested(this.database, tenantId, depositBookingId(captured)))
      throw new Fault('refund-reserving', `The capture of ${refund.refundId} isn't booked yet`);
  }

  private async holdOf(tenant: Tenant, { refund, intentId }: RefundRow) {
    const found = await findIntent(this.database, tenant.id, intentId);
    if (found === undefined) throw new Error(`${refund.refundId} has no intent`);
    const { intent } = found;
    return {
      ledger: tenant.ledger,
      idempotencyKey: refund.refundId,
      reference: holdReference(refund.operation),
      postings: toPostings(givenBackPostings(intent, refund.operation), intent.currency),
      metadata: {
        kind: 'hold',
        customer: intent.customerId,
        payment_intent: intentId,
        refund: refund.refundId,
      },
      pending: true,
    };
  }
}
