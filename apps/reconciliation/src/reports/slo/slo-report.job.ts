import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK } from '@defter/platform';
import { objectives } from '@defter/reconciliation-contracts';
import { addDays, startOf } from '../../business-day.js';
import type { Job, JobResult, RunningJob } from '../../jobs/job.js';
import { ReportPlaces } from '../report-places.js';
import { weekOf } from '../../iso-week.js';
import type { SloContent, SloOutcome } from './slo-content.js';
import { SloMeasurements } from './slo-measurements.js';

/** What the objectives came to in a week. */
@Injectable()
export class SloReport implements Job {
  readonly name = 'slo-report';

  constructor(
    private readonly measurements: SloMeasurements,
    private readonly places: ReportPlaces,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(job: RunningJob): Promise<JobResult> {
    const { store, outbox } = this.places;
    const content = await this.content(job);
    const { report, isNew } = await job.write((tx) => store.keep(tx, job, 'slo', content));
    const sentTo = await outbox.send(report);
    const missed = namesOf(content.objectives, 'missed');
    const partial = namesOf(content.objectives, 'partial');
    const unknown = namesOf(content.objectives, 'unknown');
    const isBlind = content.objectives.every(({ parts }) => parts.every(({ measured }) => measured === 0));
    job.info('The SLO report is made', { version: report.version, isNew, missed, partial, unknown, sentTo });
    return {
      found: missed.length + partial.length + unknown.length,
      facts: { week: content.week, version: report.version, isNew, missed, partial, unknown, sentTo },
      unseen: isBlind ? [`Prometheus has no measurement of ${content.week}`] : [],
    };
  }

  private async content({ tenant, businessOn }: RunningJob): Promise<SloContent> {
    const week = weekOf(businessOn);
    const from = startOf(week.monday, tenant.zone);
    const until = startOf(addDays(week.sunday, 1), tenant.zone);
    const span = { from: from.getTime() / 1_000, until: until.getTime() / 1_000, zone: tenant.zone };
    const outcomes: SloOutcome[] = [];
    for (const objective of objectives) outcomes.push(await this.measurements.outcome(objective, span));
    return {
      ...{ tenant: tenant.id, tenantName: tenant.name, zone: tenant.zone, businessOn: week.sunday },
      ...{ since: from.toISOString(), asOf: this.clock.now().toISOString() },
      ...{ week: week.name, until: until.toISOString(), objectives: outcomes },
    };
  }
}

/** `availability/ledger` of each part of that verdict. */
const namesOf = (outcomes: readonly SloOutcome[], verdict: string): string[] =>
  outcomes.flatMap(({ name, parts }) =>
    parts
      .filter((part) => part.verdict === verdict)
      .map(({ part }) => (part === null ? name : `${name}/${part}`)),
  );
