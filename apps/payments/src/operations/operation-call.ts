import { Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { CrashPoints } from '@defter/platform';
import type { CrashPoint } from '../crash-points.js';
import { OperationQueue } from './operation-queue.js';
import { OperationReports } from './operation-reports.js';
import type { LeasedOperation } from './operation.js';
import { Outbound } from './outbound.js';

/** One leased operation: whatever goes wrong in here, its lease runs out and the next runner looks it up. */
@Injectable()
export class OperationCall {
  constructor(
    private readonly outbound: Outbound,
    private readonly queue: OperationQueue,
    private readonly reports: OperationReports,
    private readonly crash: CrashPoints<CrashPoint>,
  ) {}

  /** Sends it or looks it up, with no transaction open, and observes what came of it. */
  async run(tenant: Tenant, held: LeasedOperation): Promise<void> {
    const line = await this.outbound.open(tenant, held);
    if (line === undefined) return this.queue.putBack(held);
    const isPayout = held.step === 'send' && held.call.kind === 'payout';
    if (isPayout && !(await this.reports.submit(tenant, held))) return;
    await this.queue.note(held);
    this.crash.reach('operation.before-call');
    const report = await line.call(held);
    this.crash.reach(held.step === 'send' ? 'operation.after-call' : 'operation.after-lookup');
    await this.reports.observe(tenant, held, report, line.nativeIdempotency);
    this.crash.reach('operation.after-observe');
  }
}
