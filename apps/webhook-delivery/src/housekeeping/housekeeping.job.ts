import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Database } from '@defter/platform';
import type { Config } from '../config.js';
import { Pollings } from '../pollings.js';
import { Tenants } from '../tenants.js';
import { cancelOrphans, endAbandoned, removeOld } from './housekeeping.sql.js';

/**
 * Cancels what was on its way to deleted endpoints, ends what took every worker with it, and removes what
 * is older than it has to be kept. In small steps: each is a transaction of its own.
 */
@Injectable()
export class Housekeeping {
  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    @Inject(CONFIG) private readonly config: Config,
    pollings: Pollings,
  ) {
    pollings.every({
      ...{ name: 'housekeeping', everyMs: config.housekeepingMs },
      round: () => this.round(),
    });
  }

  /** True while a step found as much as it takes at once. */
  async round(): Promise<boolean> {
    const { keepMs, ladderMs } = this.config;
    let more = false;
    for (const tenantId of await this.tenants.ids()) {
      const steps = [
        () => cancelOrphans(this.database, tenantId),
        () => endAbandoned(this.database, tenantId, ladderMs.length),
        () => removeOld(this.database, tenantId, keepMs),
      ];
      for (const step of steps) more = (await step()) || more;
    }
    return more;
  }
}
