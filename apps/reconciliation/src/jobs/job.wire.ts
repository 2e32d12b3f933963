import { IsBoolean, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import type { JobRunView } from '@defter/reconciliation-contracts';
import { malformed } from '@defter/platform';
import { isDate } from '../business-day.js';
import type { JobRunRow } from './job-run.js';

/** The body of `POST …/jobs/{name}/runs`. */
export class RequestJobBody {
  @IsOptional()
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'date must be a date such as 2026-01-31' })
  date?: string;
  /** Also when it has been done for the date. */
  @IsOptional() @IsBoolean() again?: boolean;
}

export class ListJobRunsQuery {
  @IsOptional() @IsString() @MaxLength(4096) cursor?: string;
  @IsOptional() @IsString() @MaxLength(9) page_size?: string;
}

/** @throws ProblemException 400 for a date that is on no calendar */
export function dateOf({ date }: RequestJobBody): string | undefined {
  if (date === undefined || isDate(date)) return date;
  const msg = 'date must be a date such as 2026-01-31';
  throw malformed([{ loc: ['body', 'date'], msg, type: 'date' }]);
}

/** A run as callers see it. */
export const toJobRunView = (run: JobRunRow): JobRunView => ({
  id: run.run_id,
  job: run.job,
  business_on: run.business_on,
  slot: run.slot,
  round: run.round,
  status: run.status,
  requested_by: run.requested_by,
  requested_at: run.requested_at.toISOString(),
  started_at: run.started_at?.toISOString() ?? null,
  finished_at: run.finished_at?.toISOString() ?? null,
  attempt: run.attempt,
  progress: run.progress,
  found: run.found === null ? null : run.found.toString(),
  result: run.result,
  failure: run.failure_code === null ? null : { code: run.failure_code, detail: run.failure_detail ?? '' },
});
