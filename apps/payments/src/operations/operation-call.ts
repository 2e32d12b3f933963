import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { CrashPoints, Metrics } from '@defter/platform';
import type { CrashPoint } from '../crash-points.js';
import { OperationQueue } from './operation-queue.js';
import { OperationReports } from './operation-reports.js';
import type { LeasedOperation } from './operation-lease.js';
import { type OpenLine, Outbound } from './outbound.js';
import type { CallReport } from './provider-call.js';

/** One leased operation: whatever goes wrong in here, its lease runs out and the next runner looks it up. */
@Injectable()
export class OperationCall {
  @Inject(Metrics) private readonly metrics!: Metrics;

  constructor(
    private readonly outbound: Outbound,
    private readonly queue: OperationQueue,
    private readonly reports: OperationReports,
    private readonly crash: CrashPoints<CrashPoint>,
  ) {}

  /**
   * Whether the tenant's ledger is known to be there. If not it is asked meanwhile, in no place and with
   * nothing leased: a ledger that says nothing holds up no provider call of anybody else.
   */
  isReady(tenant: Tenant, inBackground: (work: () => Promise<void>) => void): boolean {
    const state = this.outbound.ledgerState(tenant);
    if (state === 'unknown') inBackground(async () => void (await this.outbound.ledgerIsOpen(tenant)));
    return state === 'open';
  }

  /** Sends it or looks it up, with no transaction open, and observes what came of it. */
  async run(tenant: Tenant, held: LeasedOperation): Promise<void> {
    const line = await this.outbound.open(tenant, held);
    if (line === undefined) return this.queue.putBack(held);
    const isPayout = held.step === 'send' && held.call.kind === 'payout';
    if (isPayout && !(await this.reports.submit(tenant, held))) return;
    await this.queue.note(held);
    this.crash.reach('operation.before-call');
    const report = await this.timed(line, held);
    this.crash.reach(held.step === 'send' ? 'operation.after-call' : 'operation.after-lookup');
    await this.reports.observe(tenant, held, report, line);
    this.crash.reach('operation.after-observe');
  }

  /** `unknown` by connection is where a provider has gone silent. Never by tenant. */
  private async timed(line: OpenLine, held: LeasedOperation): Promise<CallReport> {
    const { connectionId: connection, step } = held;
    const name = 'defter_payments_provider_call_seconds';
    const end = this.metrics
      .histogram(name, 'How long calls to providers take', ['connection'])
      .startTimer({ connection });
    const report = await line.call(held);
    end();
    this.metrics
      .counter('defter_payments_provider_calls_total', 'Calls to providers by what they told', [
        ...(['connection', 'step', 'result'] as const),
      ])
      .inc({ connection, step, result: report.notFound ? 'not_found' : report.observation.result });
    return report;
  }
}
