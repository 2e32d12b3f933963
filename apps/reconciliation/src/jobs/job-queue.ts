import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK, CONFIG, Database, type Transaction } from '@defter/platform';
import type { Config } from '../config.js';
import { JOB_RUN_COLUMNS, type JobRunRow } from './job-run.js';
import { JobTakenOver } from './job.js';

const LEASE = `clock_timestamp() + $3::bigint * interval '1 millisecond'`;
const TAKEN = `status = 'running', attempt = attempt + 1, lease_until = ${LEASE},
  started_at = coalesce(started_at, $4)`;
const FREE = `(status = 'queued' or (status = 'running' and lease_until < clock_timestamp()))`;

const TAKE = `
  update job_run set ${TAKEN} where tenant_id = $1 and run_id = $2 and ${FREE} returning ${JOB_RUN_COLUMNS}`;

/** Of the jobs that are named: a process doesn't take what it can't do. */
const TAKE_ANY = `
  update job_run set ${TAKEN}
   where tenant_id = $1 and run_id = (
     select run_id from job_run where tenant_id = $1 and job = any ($2) and ${FREE}
      order by run_id for update skip locked limit 1)
  returning ${JOB_RUN_COLUMNS}`;

/** The attempt's number is the fence: a process that was paused and comes back finds another one there. */
const HOLD = `
  update job_run set lease_until = ${LEASE}, progress = coalesce($5::jsonb, progress)
   where tenant_id = $1 and run_id = $2 and attempt = $4 and status = 'running' returning run_id`;

const DONE = `
  update job_run set status = 'done', finished_at = $4, result = $5, found = $6, lease_until = null
   where tenant_id = $1 and run_id = $2 and attempt = $3 and status = 'running' returning run_id`;

const FAILED = `
  update job_run set status = 'failed', finished_at = $4, failure_code = $5, failure_detail = $6,
    result = $7, found = $8, lease_until = null
   where tenant_id = $1 and run_id = $2 and attempt = $3 and status = 'running' returning run_id`;

const GIVE_BACK = `
  update job_run set status = 'queued', lease_until = null
   where tenant_id = $1 and run_id = $2 and attempt = $3 and status = 'running'`;

const FORGET = `
  delete from job_run where tenant_id = $1 and job = $2 and finished_at < $3 and run_id <> $4`;

/** How a run ended badly. */
export interface JobFailure {
  readonly code: 'could-not-look' | 'attempts-exhausted' | 'job-broke';
  readonly detail: string;
}

/** What was found out by a run, as it is kept. */
export interface JobFacts {
  readonly found: number;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Who holds which run. All of a run's changes but its request go through here, guarded by its attempt. */
@Injectable()
export class JobQueue {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  get leaseMs(): number {
    return this.config.jobLeaseMs;
  }

  /** Takes a run, if it waits or its holder has been silent for too long. */
  async take(tenantId: string, runId: string): Promise<JobRunRow | undefined> {
    const values = [tenantId, runId, this.leaseMs, this.clock.now()];
    const [run] = await this.database.query<JobRunRow>(TAKE, values);
    return run;
  }

  /** Takes any such run of the tenant. */
  async takeAny(tenantId: string, jobs: readonly string[]): Promise<JobRunRow | undefined> {
    const values = [tenantId, jobs, this.leaseMs, this.clock.now()];
    const [run] = await this.database.query<JobRunRow>(TAKE_ANY, values);
    return run;
  }

  /** Says that the run is still being worked on, and how far it is. @throws JobTakenOver */
  async hold(run: JobRunRow, progress?: object, tx?: Transaction): Promise<void> {
    const { tenant_id, run_id, attempt } = run;
    const text = progress === undefined ? null : JSON.stringify(progress);
    const held = await (tx ?? this.database).query(HOLD, [tenant_id, run_id, this.leaseMs, attempt, text]);
    if (held.length === 0) throw new JobTakenOver();
  }

  /** Ends a run well; what is older than the history goes with that. @throws JobTakenOver */
  async done({ tenant_id, run_id, job, attempt }: JobRunRow, { found, facts }: JobFacts): Promise<void> {
    const now = this.clock.now();
    const values = [tenant_id, run_id, attempt, now, JSON.stringify(facts), found];
    if ((await this.database.query(DONE, values)).length === 0) throw new JobTakenOver();
    const before = new Date(now.getTime() - this.config.jobHistoryMs);
    await this.database.query(FORGET, [tenant_id, job, before, run_id]);
  }

  /** @throws JobTakenOver */
  async failed(run: JobRunRow, { code, detail }: JobFailure, seen?: JobFacts): Promise<void> {
    const { tenant_id, run_id, attempt } = run;
    const ending = [this.clock.now(), code, detail.slice(0, 2_000)];
    const facts = seen === undefined ? [null, null] : [JSON.stringify(seen.facts), seen.found];
    const ended = await this.database.query(FAILED, [tenant_id, run_id, attempt, ...ending, ...facts]);
    if (ended.length === 0) throw new JobTakenOver();
  }

  /** Lets any process go on with it. */
  async giveBack({ tenant_id, run_id, attempt }: JobRunRow): Promise<void> {
    await this.database.query(GIVE_BACK, [tenant_id, run_id, attempt]);
  }
}
