import type { Queryable } from '@defter/platform';
import type { StreamState } from './streams.js';

/** What `detect-stuck` saw when it last looked. */
export interface LastLook {
  readonly run_id: string;
  readonly finished_at: Date;
  readonly status: 'done' | 'failed';
  readonly failure_detail: string | null;
  readonly result: {
    /** Null when payments gave no answer. */
    readonly payouts: number | null;
    readonly operations: number;
    readonly parked: number;
    readonly high: number;
    readonly streams: readonly StreamState[];
    readonly late: readonly string[];
  } | null;
}

const LAST = `
  select run_id, finished_at, status, failure_detail, result from job_run
   where tenant_id = $1 and job = 'detect-stuck' and status in ('done', 'failed')
   order by run_id desc limit 1`;

/** The newest look of a tenant that ended; nothing where none ever did. */
export async function lastLook(database: Queryable, tenantId: string): Promise<LastLook | undefined> {
  const [row] = await database.query<LastLook>(LAST, [tenantId]);
  return row;
}
