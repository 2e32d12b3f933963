import type { Queryable } from '@defter/platform';

/** Provider events that fit no operation of ours; payments tells of them when they have waited too long. */
export interface ParkedEvents {
  readonly count: number;
  readonly oldest_at: Date | null;
}

const PARKED = `
  select count(*)::int as count, min(first_seen_at) as oldest_at from finding
   where tenant_id = $1 and finding_type = 'orphan_event'
     and status in ('open', 'acknowledged', 'in_progress', 'proposed', 'reopened')`;

export async function parkedEvents(database: Queryable, tenantId: string): Promise<ParkedEvents> {
  const [row] = await database.query<ParkedEvents>(PARKED, [tenantId]);
  return row ?? { count: 0, oldest_at: null };
}
