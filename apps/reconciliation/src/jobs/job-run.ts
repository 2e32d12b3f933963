export type JobStatus = 'queued' | 'running' | 'done' | 'failed';

/** A run of a job as it is stored. */
export interface JobRunRow {
  readonly tenant_id: string;
  readonly run_id: string;
  readonly job: string;
  readonly business_on: string;
  readonly slot: string;
  readonly round: number;
  readonly status: JobStatus;
  readonly requested_by: string;
  readonly requested_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly attempt: number;
  readonly lease_until: Date | null;
  readonly progress: Readonly<Record<string, unknown>>;
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly found: bigint | null;
  readonly failure_code: string | null;
  readonly failure_detail: string | null;
}

export const JOB_RUN_COLUMNS = `tenant_id, run_id, job, business_on, slot, round, status, requested_by,
  requested_at, started_at, finished_at, attempt, lease_until, progress, result, found, failure_code,
  failure_detail`;

/** The signal of a transaction that put a run into the queue. */
export const JOB_REQUESTED = 'job-requested';

/** Starts after which a run that never gets through is given up: it would take its worker down for ever. */
export const MAX_JOB_ATTEMPTS = 8;
