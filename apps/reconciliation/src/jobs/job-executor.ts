import { Inject, Injectable } from '@nestjs/common';
import { CrashPoints, Database, Fault, Lifecycle, Logger } from '@defter/platform';
import { Tenants } from '../tenants.js';
import { HeldRun } from './held-run.js';
import type { JobCrashPoint } from './job-crash-points.js';
import { type JobFailure, JobQueue } from './job-queue.js';
import { type JobRunRow, MAX_JOB_ATTEMPTS } from './job-run.js';
import { CouldNotLook, type Job, type JobResult, JOBS, JobStopped, JobTakenOver } from './job.js';

/** How it went. `stopped`: this process goes down; `taken-over`: another one has it now. */
export type JobEnding = 'done' | 'failed' | 'stopped' | 'taken-over';

/** What the executor is made with; Nest's parameter lists are limited to four. */
@Injectable()
export class JobParts {
  constructor(
    readonly database: Database,
    readonly logger: Logger,
    readonly crash: CrashPoints<JobCrashPoint>,
    readonly tenants: Tenants,
  ) {}
}

/**
 * Carries a run out, from whoever's hands it comes: the command line, the API, a timer. While it works it
 * renews the lease, so that a long statement doesn't look like a dead process.
 */
@Injectable()
export class JobExecutor {
  private stopping = false;
  private readonly current = new Set<Promise<unknown>>();

  constructor(
    private readonly parts: JobParts,
    private readonly queue: JobQueue,
    @Inject(JOBS) private readonly jobs: readonly Job[],
    lifecycle: Lifecycle,
  ) {
    lifecycle.register({
      name: 'job in hand',
      start: () => Promise.resolve(),
      stop: () => this.stop(),
    });
  }

  /** Never throws: how it went is in the run, in the log, and in the answer. */
  async execute(run: JobRunRow): Promise<JobEnding> {
    const work = this.ended(run);
    this.current.add(work);
    try {
      return await work;
    } finally {
      this.current.delete(work);
    }
  }

  /** Lets the job in hand end at its next step, and waits for that. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.allSettled(this.current);
  }

  private async ended(run: JobRunRow): Promise<JobEnding> {
    const { logger, crash } = this.parts;
    const names = { tenantId: run.tenant_id, runId: run.run_id, job: run.job, attempt: run.attempt };
    crash.reach('job.after-take');
    logger.info('Job begins', { ...names, businessOn: run.business_on, slot: run.slot });
    const beat = setInterval(() => {
      this.queue.hold(run).catch((error: unknown) => logger.warn('Lease not renewed', { ...names, error }));
    }, this.queue.leaseMs / 3);
    try {
      const ending = await this.work(run);
      logger.info('Job ended', { ...names, ending });
      return ending;
    } catch (error) {
      return await this.broken(run, error);
    } finally {
      clearInterval(beat);
    }
  }

  private async work(run: JobRunRow): Promise<JobEnding> {
    if (run.attempt > MAX_JOB_ATTEMPTS) {
      const detail = `Begun ${MAX_JOB_ATTEMPTS} times and never ended`;
      await this.queue.failed(run, { code: 'attempts-exhausted', detail });
      return 'failed';
    }
    const job = this.jobs.find(({ name }) => name === run.job);
    const tenant = await this.parts.tenants.find(run.tenant_id);
    if (job === undefined || tenant === undefined)
      throw new CouldNotLook(`There is no ${job === undefined ? 'such job' : 'such tenant'} any more`);
    const stopping = (): boolean => this.stopping;
    const running = new HeldRun(run, tenant, { ...this.parts, queue: this.queue, stopping });
    return this.conclude(run, await job.run(running));
  }

  private async conclude(run: JobRunRow, { found, facts, unseen = [] }: JobResult): Promise<JobEnding> {
    this.parts.crash.reach('job.before-end');
    if (unseen.length === 0) await this.queue.done(run, { found, facts });
    else await this.queue.failed(run, notSeen(unseen), { found, facts });
    this.parts.crash.reach('job.after-end');
    return unseen.length === 0 ? 'done' : 'failed';
  }

  private async broken(run: JobRunRow, error: unknown): Promise<JobEnding> {
    const names = { tenantId: run.tenant_id, runId: run.run_id, job: run.job, attempt: run.attempt };
    try {
      if (error instanceof JobTakenOver) return 'taken-over';
      if (error instanceof JobStopped) {
        await this.queue.giveBack(run);
        return 'stopped';
      }
      this.tellFailure(names, error);
      await this.queue.failed(run, failureOf(error));
    } catch (second) {
      // The lease runs out, and whoever comes next begins again.
      this.parts.logger.error('The end of a job was not written', { ...names, error: second });
      if (second instanceof JobTakenOver) return 'taken-over';
    }
    return 'failed';
  }

  /** What a job could not see it says in a sentence; anything else is a bug, and its stack is wanted. */
  private tellFailure(names: object, error: unknown): void {
    const { logger } = this.parts;
    if (error instanceof CouldNotLook) logger.warn('Job could not look', { ...names, reason: error.message });
    else logger.error('Job failed', { ...names, error });
  }
}

const notSeen = (unseen: readonly string[]): JobFailure => ({
  code: 'could-not-look',
  detail: unseen.join('; '),
});

/** The caller hears what kept the job from looking, but nothing of a bug's insides. */
function failureOf(error: unknown): JobFailure {
  if (error instanceof CouldNotLook || error instanceof Fault)
    return { code: 'could-not-look', detail: error.message };
  return { code: 'job-broke', detail: 'The job broke; the log names the reason' };
}
