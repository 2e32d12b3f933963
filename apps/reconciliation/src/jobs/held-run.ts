import type { CrashPoints, Database, Logger, Transaction } from '@defter/platform';
import type { JobTenant } from '../tenants.js';
import type { JobCrashPoint } from './job-crash-points.js';
import type { JobQueue } from './job-queue.js';
import type { JobRunRow } from './job-run.js';
import { JobStopped, type RunningJob } from './job.js';

/** What a run is made with. */
export interface JobTools {
  readonly queue: JobQueue;
  readonly database: Database;
  readonly logger: Logger;
  readonly crash: CrashPoints<JobCrashPoint>;
  readonly stopping: () => boolean;
}

/** A run that this process holds by its attempt. */
export class HeldRun implements RunningJob {
  constructor(
    private readonly run: JobRunRow,
    readonly tenant: JobTenant,
    private readonly tools: JobTools,
  ) {}

  get runId(): string {
    return this.run.run_id;
  }

  get businessOn(): string {
    return this.run.business_on;
  }

  get progress(): Readonly<Record<string, unknown>> {
    return this.run.progress;
  }

  info(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.tools.logger.info(message, { ...this.names, ...fields });
  }

  warn(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.tools.logger.warn(message, { ...this.names, ...fields });
  }

  async save(progress: Readonly<Record<string, unknown>>): Promise<void> {
    await this.tools.queue.hold(this.run, progress);
    this.tools.crash.reach('job.after-progress');
    this.info('Job is under way', { progress });
    if (this.tools.stopping()) throw new JobStopped();
  }

  async write<T>(work: (tx: Transaction) => Promise<T>, progress?: object): Promise<T> {
    const result = await this.tools.database.transaction(async (tx) => {
      await this.tools.queue.hold(this.run, progress, tx);
      return work(tx);
    });
    if (progress !== undefined) this.tools.crash.reach('job.after-progress');
    if (progress !== undefined && this.tools.stopping()) throw new JobStopped();
    return result;
  }

  private get names() {
    const { tenant_id, run_id, job, business_on, attempt } = this.run;
    return { tenantId: tenant_id, runId: run_id, job, businessOn: business_on, attempt };
  }
}
