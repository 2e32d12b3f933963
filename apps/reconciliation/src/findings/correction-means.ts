import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK, CrashPoints, Database } from '@defter/platform';
import type { CrashPoint } from '../crash-points.js';
import { LedgerApi } from '../ledger-api.js';
import { LedgerBooking } from '../ledger-booking.js';
import { RunAsker } from '../run-asker.js';
import { Tenants } from '../tenants.js';
import { Reversals } from './reversals.js';

/** What corrections need of the process they are in, and of the other slices. */
@Injectable()
export class CorrectionMeans {
  @Inject(CLOCK) readonly clock!: Clock;
  @Inject(CrashPoints) readonly crash!: CrashPoints<CrashPoint>;
  @Inject(LedgerApi) readonly ledgerApi!: LedgerApi;
  @Inject(Reversals) readonly reversals!: Reversals;

  constructor(
    readonly database: Database,
    readonly tenants: Tenants,
    readonly ledger: LedgerBooking,
    readonly runs: RunAsker,
  ) {}
}
