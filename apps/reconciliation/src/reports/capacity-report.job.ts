import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK, Database } from '@defter/platform';
import { addDays, startOf } from '../business-day.js';
import type { Job, JobResult, RunningJob } from '../jobs/job.js';
import { WatchedServices } from '../watched-services.js';
import { type CapacityContent, TREND_WEEKS, trendsOf, withGrowth } from './capacity-content.js';
import { ReportPlaces } from './report-places.js';
import { useOf } from './service-use.js';
import { tableSizes } from './table-size.read.js';

/** Measures what there is and how fast it grows. */
@Injectable()
export class CapacityReport implements Job {
  readonly name = 'capacity-report';

  constructor(
    private readonly database: Database,
    private readonly places: ReportPlaces,
    private readonly services: WatchedServices,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(job: RunningJob): Promise<JobResult> {
    const { tenant, businessOn } = job;
    const { store, outbox } = this.places;
    const now = this.clock.now();
    const asOf = now.toISOString();
    const services = (await this.services.read()).map((each) => useOf(each, now));
    const name = { tenantId: tenant.id, kind: 'capacity', businessOn } as const;
    const before = await store.before<CapacityContent>(name);
    const earlier = await store.earlier<CapacityContent>(name, addDays(businessOn, -7 * TREND_WEEKS));
    const content: CapacityContent = {
      ...{ tenant: tenant.id, tenantName: tenant.name, zone: tenant.zone, businessOn, asOf },
      since: before?.content.asOf ?? startOf(businessOn, tenant.zone).toISOString(),
      tables: withGrowth(await tableSizes(this.database), asOf, before?.content),
      services,
      trends: trendsOf(
        { businessOn, services },
        earlier.map((report) => report.content),
      ),
    };
    const { report } = await job.write((tx) => store.keep(tx, job, 'capacity', content));
    const sentTo = await outbox.send(report);
    const unseen = services.flatMap(({ service, reason }) =>
      reason === null ? [] : [`metrics of ${service}: ${reason}`],
    );
    job.info('The capacity report is made', { version: report.version, sentTo });
    return { found: 0, facts: { version: report.version, sentTo }, unseen };
  }
}
