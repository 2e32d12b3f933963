import { IsIn, IsISO8601, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import type { RunView } from '@defter/reconciliation-contracts';
import { malformed } from '@defter/platform';
import type { RunRow } from './run.js';
import type { RunRequest } from './run-requests.js';

/** The body of `POST …/run`. */
export class RequestRunBody {
  @Matches(/^[A-Za-z0-9_-]{1,64}$/, { message: 'provider must be an id' }) provider!: string;
  @Matches(/^[A-Za-z0-9_-]{1,64}$/, { message: 'connection_id must be an id' }) connection_id!: string;
  @IsOptional()
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'business_on must be a date such as 2026-01-31' })
  @IsISO8601({ strict: true })
  business_on?: string;
  /** Counts the normal lags back from this instant rather than from now. */
  @IsOptional()
  @Matches(/^\d{4}-\d{2}-\d{2}T[0-9:.]+Z$/, { message: 'as_of must be an instant in UTC' })
  @IsISO8601({ strict: true })
  as_of?: string;
}

export class RequestRunQuery {
  @IsOptional() @IsIn(['true', 'false']) wait?: string;
}

export class ListRunsQuery {
  @IsOptional() @IsString() @MaxLength(4096) cursor?: string;
  @IsOptional() @IsString() @MaxLength(9) page_size?: string;
}

/** @throws ProblemException 400 for an instant that doesn't exist */
export function toRunRequest({ provider, connection_id, business_on, as_of }: RequestRunBody): RunRequest {
  const asOf = typeof as_of === 'string' ? new Date(as_of) : null;
  if (asOf !== null && Number.isNaN(asOf.getTime())) {
    throw malformed([{ loc: ['body', 'as_of'], msg: 'as_of must be an instant in UTC', type: 'instant' }]);
  }
  return { provider, connectionId: connection_id, businessOn: business_on ?? null, asOf };
}

/** A run as callers see it. */
export const toRunView = (run: RunRow): RunView => ({
  id: run.run_id,
  provider: run.provider,
  connection_id: run.connection_id,
  business_on: run.business_on,
  as_of: run.as_of.toISOString(),
  status: run.status,
  requested_by: run.requested_by,
  requested_at: run.requested_at.toISOString(),
  finished_at: run.finished_at?.toISOString() ?? null,
  attempt: run.attempt,
  counts: run.counts,
  failure: run.failure_code === null ? null : { code: run.failure_code, detail: run.failure_detail ?? '' },
});
