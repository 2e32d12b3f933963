import type { Queryable } from '@defter/platform';
import type { FindingType } from '@defter/reconciliation-domain';

/** A finding that a job once raised and that nobody has closed. */
export interface LiveFinding {
  readonly id: string;
  readonly provider: string;
  readonly connection_id: string;
  readonly last_seen_by: string;
  readonly raw: Readonly<Record<string, unknown>>;
}

const LIVE = `
  select id, provider, connection_id, last_seen_by, raw from finding
   where tenant_id = $1 and finding_type = $2 and origin = 'job'
     and status in ('open', 'acknowledged', 'in_progress', 'proposed', 'reopened')
   order by id`;

/** The live findings of a type that a job looks after. */
export const liveFindings = (
  database: Queryable,
  tenantId: string,
  type: FindingType,
): Promise<LiveFinding[]> => database.query<LiveFinding>(LIVE, [tenantId, type]);
