import { Inject, Injectable } from '@nestjs/common';
import { type Clock, isId } from '@defter/kernel';
import { CLOCK, Database, decodeCursor, encodeCursor, page, parsePageSize } from '@defter/platform';
import type { JobRunPage, JobView } from '@defter/reconciliation-contracts';
import { jobNames, jobPlans } from './job-plans.js';
import { JOB_RUN_COLUMNS, type JobRunRow } from './job-run.js';
import { type ListJobRunsQuery, toJobRunView } from './job.wire.js';

const NEWEST = `
  select distinct on (job) ${JOB_RUN_COLUMNS} from job_run where tenant_id = $1
   order by job, run_id desc`;

/** When each job last succeeded and what it found then, and when it was first asked for. */
const SUCCESS = `
  select job, max(finished_at) filter (where status = 'done') as success_at, min(requested_at) as first_at,
         ((array_agg(found order by finished_at desc) filter (where status = 'done'))[1])::float8 as found
    from job_run where tenant_id = $1 group by job`;

/** Ids begin with their time, so the newest run has the greatest. */
const LIST = `
  select ${JOB_RUN_COLUMNS} from job_run
   where tenant_id = $1 and job = $2 and ($3::text is null or run_id < $3) order by run_id desc limit $4`;

interface SuccessRow {
  readonly job: string;
  readonly success_at: Date | null;
  readonly first_at: Date;
  readonly found: number | null;
}

/** When a job of a tenant last succeeded. */
export interface JobSuccess {
  readonly job: string;
  readonly successAt: Date | null;
  /** When it was first asked for. */
  readonly firstAt: Date;
  /** By its last success. */
  readonly found: number | null;
}

/** The tenant's jobs and their history. */
@Injectable()
export class ReadJobs {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Every job there is, with its newest run and how old its last success is. */
  async jobs(tenantId: string): Promise<JobView[]> {
    const newest = await this.database.query<JobRunRow>(NEWEST, [tenantId]);
    const successes = await this.successes(tenantId);
    const now = this.clock.now().getTime();
    return jobNames.map((name) => {
      const { does, schedule, lateAfterMinutes } = jobPlans[name];
      const last = newest.find(({ job }) => job === name);
      const at = successes.find(({ job }) => job === name)?.successAt ?? null;
      const ageSeconds = at === null ? null : Math.max(0, Math.round((now - at.getTime()) / 1_000));
      return {
        ...{ name, does, schedule, late_after_seconds: lateAfterMinutes * 60 },
        last_success_at: at?.toISOString() ?? null,
        last_success_age_seconds: ageSeconds,
        is_late: ageSeconds === null ? last !== undefined : ageSeconds > lateAfterMinutes * 60,
        last_run: last === undefined ? null : toJobRunView(last),
      };
    });
  }

  async successes(tenantId: string): Promise<JobSuccess[]> {
    const rows = await this.database.query<SuccessRow>(SUCCESS, [tenantId]);
    return rows.map(({ job, success_at, first_at, found }) => ({
      ...{ job, successAt: success_at, firstAt: first_at, found },
    }));
  }

  /** Newest first. @throws ProblemException 400 for a cursor of another list */
  async runs(tenantId: string, job: string, { cursor, page_size }: ListJobRunsQuery): Promise<JobRunPage> {
    const kind = `jobs ${job}`;
    const size = parsePageSize(page_size, 20, 100, 'page_size');
    const before = cursor === undefined ? null : decodeCursor(kind, cursor, parsePlace);
    const rows = await this.database.query<JobRunRow>(LIST, [tenantId, job, before, size + 1]);
    return page(rows, size, { of: toJobRunView, cursorAfter: ({ run_id }) => encodeCursor(kind, run_id) });
  }
}

function parsePlace(place: unknown): string {
  if (typeof place !== 'string' || !isId('job', place)) throw new Error('no run id');
  return place;
}
