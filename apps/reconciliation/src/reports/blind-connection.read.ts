import type { Queryable } from '@defter/platform';
import { addDays, startOf } from '../business-day.js';
import type { JobTenant } from '../tenants.js';
import type { Blind } from './daily-content.js';

/** When each connection was last compared, whether the whole day was, and what became of the last try. */
const COMPARED = `
  select provider, connection_id,
         max(finished_at) filter (where status = 'completed') as last_at,
         coalesce(bool_or(status = 'completed' and (business_on is null or business_on >= $2)
           and least(finished_at, as_of) >= $3), false) as day_compared,
         (array_agg(failure_code order by finished_at desc, run_id desc))[1] as failure
    from run where tenant_id = $1 and finished_at <= $4 group by provider, connection_id`;

/** Connections whose money moved on a day of which no report of theirs had come, nor a later one. */
const WITHOUT_REPORT = `
  select distinct o.provider, o.connection_id from operation o
   where o.tenant_id = $1 and o.business_on = $2 and o.result in ('succeeded', 'returned')
     and o.family in ('charge', 'payout', 'refund', 'chargeback')
     and not exists (select from report_file f where f.tenant_id = $1 and f.provider = o.provider
                       and f.connection_id = o.connection_id and f.kind = 'settlement'
                       and f.business_on >= $2 and f.ingested_at <= $3)`;

interface ComparedRow {
  readonly provider: string;
  readonly connection_id: string;
  readonly last_at: Date | null;
  readonly day_compared: boolean;
  readonly failure: string | null;
}

const nameOf = (provider: string, connection: string): string => `${provider}/${connection}`;

/**
 * The tenant's connections of which a business date isn't known to be well, as of an instant: because no
 * run that began after the day was over has compared it, or because the provider's report of it lacks.
 */
export async function blindConnections(
  database: Queryable,
  { id, connections, zone }: JobTenant,
  { businessOn, asOf }: { readonly businessOn: string; readonly asOf: Date },
): Promise<Blind[]> {
  const dayEnd = startOf(addDays(businessOn, 1), zone);
  const runs = await database.query<ComparedRow>(COMPARED, [id, businessOn, dayEnd, asOf]);
  const byName = new Map(runs.map((run) => [nameOf(run.provider, run.connection_id), run]));
  const without = await database.query<ComparedRow>(WITHOUT_REPORT, [id, businessOn, asOf]);
  const reportless = new Set(without.map((row) => nameOf(row.provider, row.connection_id)));
  return connections.flatMap(({ provider, id: connection }): Blind[] => {
    const name = nameOf(provider, connection);
    const run = byName.get(name);
    if (run?.day_compared !== true) {
      const failure = run?.failure ?? null;
      const lastComparedAt = run?.last_at?.toISOString() ?? null;
      return [{ what: 'connection', provider, connection, lastComparedAt, failure }];
    }
    return reportless.has(name) ? [{ what: 'report', provider, connection }] : [];
  });
}
