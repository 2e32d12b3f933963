import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK, Logger, Metrics } from '@defter/platform';
import { Tenants } from '../tenants.js';
import { type JobSuccess, ReadJobs } from './job.read.js';
import { findPlan, jobNames, jobPlans } from './job-plans.js';

/** Nest's parameter lists are limited to four. */
@Injectable()
export class JobMetricsTools {
  constructor(
    readonly metrics: Metrics,
    readonly logger: Logger,
  ) {}
}

const AGE = 'defter_reconciliation_job_success_age_seconds';
const AGE_HELP = 'Since the last success of a job; since it was first asked for, where it never succeeded';
const FOUND = 'defter_reconciliation_job_found_count';
const LIMIT = 'defter_reconciliation_job_late_after_seconds';

/**
 * How long ago each job last succeeded and what it found, read when it is asked for: whichever process did
 * it, and also when none does any more. Of several tenants the worst.
 */
@Injectable()
export class JobMetrics {
  constructor(
    private readonly jobs: ReadJobs,
    private readonly tenants: Tenants,
    @Inject(CLOCK) private readonly clock: Clock,
    { metrics, logger }: JobMetricsTools,
  ) {
    const worst = (name: string, help: string, of: (success: JobSuccess) => number): void => {
      metrics.gauge(name, help, ['job'], async (gauge) => {
        try {
          for (const [job, value] of await this.worst(of)) gauge.set({ job }, value);
        } catch (error) {
          logger.warn('What became of jobs could not be read', { error });
        }
      });
    };
    worst(AGE, AGE_HELP, ({ successAt, firstAt }) => {
      return (this.clock.now().getTime() - (successAt ?? firstAt).getTime()) / 1_000;
    });
    worst(FOUND, 'What the last success of a job found', ({ found }) => found ?? 0);
    const limits = metrics.gauge(LIMIT, 'How old the last success of a job may be', ['job']);
    for (const name of jobNames) limits.set({ job: name }, jobPlans[name].lateAfterMinutes * 60);
  }

  private async worst(of: (success: JobSuccess) => number): Promise<Map<string, number>> {
    const values = new Map<string, number>();
    for (const { id } of await this.tenants.all()) {
      for (const success of await this.jobs.successes(id)) {
        const { job } = success;
        if (findPlan(job) !== undefined) values.set(job, Math.max(values.get(job) ?? 0, of(success)));
      }
    }
    return values;
  }
}
