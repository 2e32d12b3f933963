import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, CrashPoints, Database } from '@defter/platform';
import type { PaymentsConfig } from '../config.js';
import type { CrashPoint } from '../crash-points.js';
import { type LeasedOperation, leaseOperations, noteCall, postponeOperation } from './operation.js';

const POSTPONE_MS = 1_000;

/** The operations that are due, as the runner takes them. */
@Injectable()
export class OperationQueue {
  constructor(
    private readonly database: Database,
    private readonly crash: CrashPoints<CrashPoint>,
    @Inject(CONFIG) private readonly config: PaymentsConfig,
  ) {}

  /** Provider calls that this process makes at the same time. */
  get concurrency(): number {
    return this.config.providerConcurrency;
  }

  get pollMs(): number {
    return this.config.pollMs;
  }

  async take(tenantId: string, limit: number): Promise<LeasedOperation[]> {
    const { leaseMs } = this.config;
    const held = await this.database.transaction(async (tx) => {
      const leased = await leaseOperations(tx, tenantId, limit, leaseMs);
      if (leased.length > 0) this.crash.reach('operation.before-lease');
      return leased;
    });
    if (held.length > 0) this.crash.reach('operation.after-lease');
    return held;
  }

  /** It goes out now; one that waits for its connection makes no call. */
  async note(held: LeasedOperation): Promise<void> {
    await noteCall(this.database, held);
  }

  /** Nothing was done yet; it is due again soon. */
  async putBack(held: LeasedOperation): Promise<void> {
    await this.database.transaction((tx) => postponeOperation(tx, held, POSTPONE_MS));
  }
}
