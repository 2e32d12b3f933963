import { Inject, Injectable } from '@nestjs/common';
import { CrashPoints } from '@defter/platform';
import type { CrashPoint } from '../crash-points.js';
import { Pollings } from '../pollings.js';
import { Tenants } from '../tenants/tenants.js';
import { PayoutClaims } from './payout-claims.js';
import { Reservation } from './reservation.js';

const EVERY_MS = 250;

/** Asks the ledger again about payouts whose hold isn't known: a crash or time-out came in between. */
@Injectable()
export class ReservationSweeper {
  @Inject(CrashPoints) private readonly crash!: CrashPoints<CrashPoint>;

  constructor(
    private readonly tenants: Tenants,
    private readonly claims: PayoutClaims,
    private readonly reservation: Reservation,
    private readonly pollings: Pollings,
  ) {
    pollings.every({ name: 'reservations', everyMs: EVERY_MS, round: () => this.round() });
  }

  private async round(): Promise<boolean> {
    for (const tenant of await this.tenants.all()) {
      for (const payout of await this.claims.takeWaiting(tenant.id)) {
        this.crash.reach('reservation.after-take');
        const what = { tenantId: tenant.id, payoutId: payout.payoutId };
        // Beside the rounds: one tenant's trouble doesn't keep the others waiting.
        this.pollings.inBackground(what, () => this.reservation.settle(tenant, payout));
      }
    }
    return false;
  }
}
