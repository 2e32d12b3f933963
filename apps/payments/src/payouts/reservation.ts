import { Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { type ExistingPayout, payoutPostings, payoutReference, shortageIn } from '@defter/payments-domain';
import { CrashPoints, Database } from '@defter/platform';
import type { CrashPoint } from '../crash-points.js';
import { LedgerClient } from '../ledger-client.js';
import { toPostings } from '../publishing/booking-command.js';
import { storeAnswer } from './payout-request-row.js';
import { Payouts } from './payouts.js';

/**
 * The hold of a payout: asked for with the payout's id as the key, so that whoever asks again (the caller,
 * the sweeper)
 * gets the same one. A hold never exists without a payout that knows it, nor the reverse.
 */
@Injectable()
export class Reservation {
  constructor(
    private readonly database: Database,
    private readonly ledger: LedgerClient,
    private readonly payouts: Payouts,
    private readonly crash: CrashPoints<CrashPoint>,
  ) {}

  /**
   * Asks the ledger, then records what it said. @throws Fault when that isn't known; the payout stays
   * `reserving`
   */
  async settle(tenant: Tenant, payout: ExistingPayout): Promise<void> {
    const answer = await this.ledger.hold(tenant, holdOf(tenant, payout));
    this.crash.reach('payout.after-hold');
    const refusedBecause = answer.placed ? null : answer.code;
    const shortage = answer.placed ? {} : shortageIn(answer);
    await this.database.transaction(async (tx) => {
      const at = this.payouts.now().toISOString();
      const command = { type: 'RecordHold', refusedBecause, ...shortage, at } as const;
      const outcome = await this.payouts.handle(tx, tenant, payout.payoutId, { command, actor: 'ledger' });
      // Somebody else recorded the same answer first.
      if (outcome.accepted) await storeAnswer(tx, tenant.id, outcome.payout, outcome.version);
    });
    this.crash.reach('payout.after-record');
  }
}

const holdOf = ({ ledger }: Tenant, payout: ExistingPayout) => ({
  ledger,
  idempotencyKey: payout.payoutId,
  reference: payoutReference(payout.payoutId),
  postings: toPostings(payoutPostings(payout), payout.currency),
  metadata: { kind: 'hold', customer: payout.customerId, payout: payout.payoutId },
  pending: true,
});
