import { Injectable } from '@nestjs/common';
import { CrashPoints, Database } from '@defter/platform';
import type { CrashPoint } from '../crash-points.js';
import { Pollings } from '../pollings.js';
import { Tenants } from '../tenants.js';
import { replayPage } from './replay-page.js';

/** Carries out replays, a second's worth at a time; any worker may go on with one. */
@Injectable()
export class ReplayRunner {
  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    private readonly crash: CrashPoints<CrashPoint>,
    pollings: Pollings,
  ) {
    pollings.every({ name: 'replay-runner', everyMs: 1_000, signal: 'replays', round: () => this.round() });
  }

  private async round(): Promise<boolean> {
    let more = false;
    for (const tenantId of await this.tenants.ids()) {
      const did = await this.database.transaction((tx) => replayPage(tx, tenantId));
      if (did) this.crash.reach('replay.after-page');
      more ||= did;
    }
    return more;
  }
}
