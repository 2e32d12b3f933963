import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@defter/platform';
import type { PaymentsConfig } from './config.js';

/** Every place where a crash must do no harm: on both sides of each commit around an outside call. */
export type CrashPoint =
  | 'payout.before-claim'
  | 'payout.after-claim'
  | 'payout.after-hold'
  | 'payout.after-record'
  | 'refund.before-claim'
  | 'refund.after-claim'
  | 'refund.after-hold'
  | 'refund.after-record'
  | 'operation.after-lease'
  | 'operation.before-call'
  | 'operation.after-call'
  | 'operation.after-observe'
  | 'webhook.after-observe';

/**
 * Ends the process as kill -9 would, at the point that DEFTER_CRASH_POINT names. Without it, nothing
 * happens.
 */
@Injectable()
export class CrashPoints {
  constructor(@Inject(CONFIG) private readonly config: PaymentsConfig) {}

  reach(point: CrashPoint): void {
    if (this.config.crashPoint === point) process.kill(process.pid, 'SIGKILL');
  }
}
