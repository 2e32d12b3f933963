import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@defter/platform';
import type { Config } from './config.js';

/** Every place where a crash must lose nothing: on both sides of each commit around a request. */
export type CrashPoint =
  | 'delivery.after-lease'
  | 'delivery.before-send'
  | 'delivery.after-send'
  | 'delivery.after-record'
  | 'replay.after-page';

/**
 * Ends the process as kill -9 would, at the point that DEFTER_CRASH_POINT names. Without it, nothing
 * happens.
 */
@Injectable()
export class CrashPoints {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  reach(point: CrashPoint): void {
    if (this.config.crashPoint === point) process.kill(process.pid, 'SIGKILL');
  }
}
