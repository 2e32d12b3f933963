import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK, CONFIG, CrashPoints } from '@defter/platform';
import type { Config } from '../config.js';
import type { CrashPoint } from '../crash-points.js';

/** What proposals need of the process they are in. */
@Injectable()
export class ProposalMeans {
  constructor(
    @Inject(CONFIG) readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    readonly crash: CrashPoints<CrashPoint>,
  ) {}

  /** Milliseconds since 1970. */
  now(): number {
    return this.clock.now().getTime();
  }
}
