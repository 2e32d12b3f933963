import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK, Database, type Transaction } from '@defter/platform';
import { addDays, startOf } from '../business-day.js';
import type { Job, JobResult, RunningJob } from '../jobs/job.js';
import { ReadJobs } from '../jobs/job.read.js';
import { blindConnections } from './blind-connection.read.js';
import { correctionsBetween } from './correction.read.js';
import { ageingOf, type Blind, byUrgency, countBySeverity, type DailyContent } from './daily-content.js';
import { withExplanations } from './explanation.js';
import { lineExplanations } from './explanation.read.js';
import { flowUntil, movedOn, settledOn } from './money.read.js';
import { changesBetween, openFindings } from './open-finding.read.js';
import { ReportPlaces } from './report-places.js';

/** Findings that stand in a report; a list beyond it is no list that anybody reads. */
const LISTED = 5_000;

/** What happened on a business date, what is open, what to do. */
@Injectable()
export class DailyReport implements Job {
  readonly name = 'daily-report';

  constructor(
    private readonly database: Database,
    private readonly places: ReportPlaces,
    private readonly jobs: ReadJobs,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(job: RunningJob): Promise<JobResult> {
    const { store, outbox } = this.places;
    // All of it in one snapshot: figures of one page must agree with each other.
    const content = await this.database.transaction((tx) => this.content(tx, job), {
      isolation: 'repeatable read',
    });
    const { report, isNew } = await job.write((tx) => store.keep(tx, job, 'daily', content));
    const sentTo = await outbox.send(report);
    const { version } = report;
    job.info('The daily report is made', { version, isNew, open: content.open, sentTo });
    return { found: content.findings.length, facts: { version, isNew, open: content.open, sentTo } };
  }

  private async content(tx: Transaction, { tenant, businessOn }: RunningJob): Promise<DailyContent> {
    const asOf = this.asOf(businessOn, tenant.zone);
    const name = { tenantId: tenant.id, kind: 'daily', businessOn } as const;
    const before = await this.places.store.before<DailyContent>(name);
    const since = new Date(before?.content.asOf ?? startOf(businessOn, tenant.zone));
    const explanations = await lineExplanations(tx, tenant.id, { days: [businessOn, businessOn], asOf });
    const settled = await settledOn(tx, tenant.id, businessOn);
    const open = (await openFindings(tx, tenant.id, asOf)).sort(byUrgency);
    return {
      ...{ tenant: tenant.id, tenantName: tenant.name, zone: tenant.zone, businessOn },
      ...{ since: since.toISOString(), asOf: asOf.toISOString() },
      open: countBySeverity(open),
      openBefore: before?.content.open ?? null,
      changes: await changesBetween(tx, tenant.id, [since, asOf]),
      ageing: ageingOf(open, asOf.toISOString()),
      findings: open.slice(0, LISTED),
      notListed: Math.max(0, open.length - LISTED),
      corrections: await correctionsBetween(tx, tenant.id, [since, asOf]),
      flow: await flowUntil(tx, tenant.id, businessOn),
      moved: await movedOn(tx, tenant.id, businessOn),
      settled: settled.map((total) => withExplanations(total, explanations)),
      explanations,
      blind: [
        ...(await blindConnections(tx, tenant, { businessOn, asOf })),
        ...(await this.lateJobs(tenant.id)),
      ],
    };
  }

  /**
   * Until when it looks: providers report in the night after, so that the day after counts; but nothing
   * later, so that a report that is made again says what it said.
   */
  private asOf(businessOn: string, zone: string): Date {
    const end = startOf(addDays(businessOn, 2), zone);
    const now = this.clock.now();
    return now < end ? now : end;
  }

  private async lateJobs(tenantId: string): Promise<Blind[]> {
    const all = await this.jobs.jobs(tenantId);
    // It can't be on time for itself.
    const late = all.filter(({ name, is_late }) => is_late && name !== this.name);
    return late.map(({ name, last_success_at }) => ({
      what: 'job',
      job: name,
      lastSuccessAt: last_success_at,
    }));
  }
}
