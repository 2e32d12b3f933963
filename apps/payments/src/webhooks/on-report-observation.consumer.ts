import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { CrashPoints, EventPattern, type MessageContext } from '@defter/platform';
import { ReconciliationTopics, type ReportObservationV1 } from '@defter/reconciliation-contracts';
import type { CrashPoint } from '../crash-points.js';
import { connectionOf, Tenants } from '../tenants/tenants.js';
import { ProviderEvents } from './provider-events.js';
import { toEvent } from './line-to-event.js';

/** What a matched line of a report says about an operation: an observation like every other one. */
@Controller()
export class OnReportObservationConsumer {
  constructor(
    private readonly events: ProviderEvents,
    private readonly tenants: Tenants,
    private readonly crash: CrashPoints<CrashPoint>,
  ) {}

  @EventPattern(ReconciliationTopics.observations.name)
  async handle(@Payload() line: ReportObservationV1, @Ctx() { tx, message }: MessageContext): Promise<void> {
    const { tenantId, time } = message;
    const tenant = await this.tenants.find(tenantId);
    const connection = tenant && connectionOf(tenant, line.connectionId);
    const event = toEvent(line, { receivedAt: time, filesProve: connection?.reportFilesProve === true });
    await this.events.apply(tx, tenantId, { event, source: 'report' });
    this.crash.reach('report.before-commit');
    tx.afterCommit(() => this.crash.reach('report.after-observe'));
  }
}
