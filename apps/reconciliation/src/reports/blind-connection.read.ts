import type { Queryable } from '@defter/platform';
import type { JobTenant } from '../tenants.js';
import type { Blind } from './daily-content.js';

const RECONCILED = `
  select distinct provider, connection_id from run
   where tenant_id = $1 and status = 'completed' and finished_at > $2`;

/** The tenant's connections that no run has looked at since an instant: what is wrong there isn't known. */
export async function blindConnections(
  database: Queryable,
  { id, connections }: JobTenant,
  since: Date,
): Promise<Blind[]> {
  const rows = await database.query<{ provider: string; connection_id: string }>(RECONCILED, [id, since]);
  const seen = new Set(rows.map(({ provider, connection_id }) => `${provider}/${connection_id}`));
  return connections
    .filter(({ provider, id: connection }) => !seen.has(`${provider}/${connection}`))
    .map(({ provider, id: connection }) => ({ what: 'connection', provider, connection }));
}
