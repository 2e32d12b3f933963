import { Inject, Injectable } from '@nestjs/common';
import { type Clock, isId, newId } from '@defter/kernel';
import { CLOCK, CONFIG, Database, type Transaction } from '@defter/platform';
import type { Config } from '../config.js';
import { Tenants } from '../tenants.js';
import { findPlan } from './job-plans.js';
import { JOB_REQUESTED, JOB_RUN_COLUMNS, type JobRunRow } from './job-run.js';
import { type JobSlot, type SlotRefusal, slotOf } from './job-slot.js';

/** What is asked for. `taken`: the caller carries it out itself, nobody else may begin. */
export interface JobRequest {
  readonly tenantId: string;
  readonly job: string;
  readonly by: string;
  readonly date?: string | undefined;
  /** Also when it has been done for the date. */
  readonly again?: boolean | undefined;
  readonly taken?: boolean | undefined;
}

export type JobRefusal =
  | { readonly code: 'job-unknown' }
  | { readonly code: 'job-under-way'; readonly run_id: string; readonly business_on: string }
  | SlotRefusal;

/** `active`: it, or another date of it, waits or is under way. `done`: nothing is left to do. */
export type Requested =
  | {
      readonly accepted: true;
      readonly state: 'created' | 'active' | 'done';
      readonly run: JobRunRow;
      readonly slot: JobSlot;
    }
  | { readonly accepted: false; readonly refusal: JobRefusal };

const FIND_ACTIVE = `
  select ${JOB_RUN_COLUMNS} from job_run
   where tenant_id = $1 and job = $2 and status in ('queued', 'running')`;

const FIND_DONE = `
  select ${JOB_RUN_COLUMNS} from job_run
   where tenant_id = $1 and job = $2 and slot = $3 and status = 'done' and started_at >= $4
   order by round desc limit 1`;

const INSERT = `
  insert into job_run (tenant_id, run_id, job, business_on, slot, round, status, requested_by, requested_at,
    started_at, attempt, lease_until)
  values ($1, $2, $3, $4, $5,
    1 + (select coalesce(max(round), 0) from job_run where tenant_id = $1 and job = $3 and slot = $5),
    case when $8 then 'running' else 'queued' end, $6, $7, case when $8 then $7::timestamptz end,
    case when $8 then 1 else 0 end,
    case when $8 then clock_timestamp() + $9::bigint * interval '1 millisecond' end)
  on conflict do nothing returning ${JOB_RUN_COLUMNS}`;

const FIND = `select ${JOB_RUN_COLUMNS} from job_run where tenant_id = $1 and run_id = $2 and job = $3`;

/** Asks for jobs to be done: once per slot, one at a time. */
@Injectable()
export class JobRequests {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly tenants: Tenants,
    private readonly database: Database,
  ) {}

  async request(request: JobRequest): Promise<Requested> {
    const plan = findPlan(request.job);
    const tenant = await this.tenants.find(request.tenantId);
    if (plan === undefined || tenant === undefined)
      return { accepted: false, refusal: { code: 'job-unknown' } };
    const at = this.clock.now();
    const slot = slotOf(plan, { at, zone: tenant.zone, date: request.date });
    if ('code' in slot) return { accepted: false, refusal: slot };
    for (;;) {
      const found = await this.database.transaction((tx) => this.findOrInsert(tx, request, slot, at));
      // Nothing: another run of the job began or ended between the statements. The next round sees it.
      if (found !== undefined) return { accepted: true, slot, ...found };
    }
  }

  async find({ tenantId, job, runId }: { tenantId: string; job: string; runId: string }) {
    if (!isId('job', runId)) return undefined;
    const [run] = await this.database.query<JobRunRow>(FIND, [tenantId, runId, job]);
    return run;
  }

  private async findOrInsert(
    tx: Transaction,
    { tenantId, job, by, again = false, taken = false }: JobRequest,
    { businessOn, slot, from }: JobSlot,
    at: Date,
  ): Promise<{ state: 'created' | 'active' | 'done'; run: JobRunRow } | undefined> {
    const [active] = await tx.query<JobRunRow>(FIND_ACTIVE, [tenantId, job]);
    if (active !== undefined) return { state: 'active', run: active };
    const [done] = again ? [] : await tx.query<JobRunRow>(FIND_DONE, [tenantId, job, slot, from]);
    if (done !== undefined) return { state: 'done', run: done };
    const names = [tenantId, newId('job'), job, businessOn, slot];
    const [created] = await tx.query<JobRunRow>(INSERT, [...names, by, at, taken, this.config.jobLeaseMs]);
    if (created === undefined) return undefined;
    tx.signal(JOB_REQUESTED);
    return { state: 'created', run: created };
  }
}
