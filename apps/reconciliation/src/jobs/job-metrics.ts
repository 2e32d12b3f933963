import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK, Logger, Metrics } from '@defter/platform';
import { Tenants } from '../tenants.js';
import { ReadJobs } from './job.read.js';
import { jobNames } from './job-plans.js';

/** Nest's parameter lists are limited to four. */
@Injectable()
export class JobMetricsTools {
  constructor(
    readonly metrics: Metrics,
    readonly logger: Logger,
  ) {}
}

/**
 * How long ago each job last succeeded, read when it is asked for: whichever process did it, and also when
 * none does any more. Of several tenants the worst.
 */
@Injectable()
export class JobMetrics {
  constructor(
    private readonly jobs: ReadJobs,
    private readonly tenants: Tenants,
    @Inject(CLOCK) private readonly clock: Clock,
    tools: JobMetricsTools,
  ) {
    const { metrics, logger } = tools;
    metrics.gauge(
      'defter_reconciliation_job_success_age_seconds',
      'Since the last success of a job; since it was first asked for, where it never succeeded',
      ['job'],
      async (gauge) => {
        try {
          for (const [job, seconds] of await this.ages()) gauge.set({ job }, seconds);
        } catch (error) {
          logger.warn('The age of jobs could not be read', { error });
        }
      },
    );
  }

  private async ages(): Promise<Map<string, number>> {
    const now = this.clock.now().getTime();
    const ages = new Map<string, number>();
    for (const { id } of await this.tenants.all()) {
      for (const { job, successAt, firstAt } of await this.jobs.successes(id)) {
        const seconds = (now - (successAt ?? firstAt).getTime()) / 1_000;
        if (jobNames.some((name) => name === job)) ages.set(job, Math.max(ages.get(job) ?? 0, seconds));
      }
    }
    return ages;
  }
}
