import type { Queryable } from '@defter/platform';
import type { FindingRecord } from './finding.js';

/** What a finding's facts name of files; see `classified-sides.ts` of the domain. */
interface Facts {
  readonly line?: { readonly key: string };
  readonly operation?: { readonly operationId: string };
  readonly booking?: { readonly key: string };
  readonly batch?: { readonly batchRef: string };
  readonly reserve?: object;
}

/**
 * By whom the files were handed in that hold what the finding is about: its line, the lines that settled its
 * operation, its bank booking, its batch; all that count, where it is about a sum of many. Only files that
 * were handed in are looked into: the rest is fetched by runs, and nobody's.
 */
const HANDED_IN = `
  select distinct r.received_by
    from received_file r
    join report_file f on f.tenant_id = $1 and f.provider = $2 and f.connection_id = $3
      and f.ingested_by = r.file_id::text and f.superseded_by is null
   where r.tenant_id = $1 and r.provider = $2 and r.connection_id = $3 and r.accepted
     and ($8
       or ($4::uuid is not null and exists (
         select from report_line l where l.tenant_id = $1 and l.file_id = f.file_id and l.line_key = $4))
       or ($5::text is not null and exists (
         select from match m where m.tenant_id = $1 and m.file_id = f.file_id and m.operation_id = $5))
       or ($6::uuid is not null and exists (
         select from bank_line b where b.tenant_id = $1 and b.file_id = f.file_id and b.line_key = $6))
       or ($7::text is not null and (
         exists (select from report_line l
                  where l.tenant_id = $1 and l.file_id = f.file_id and l.batch_ref = $7)
         or exists (select from batch_match m
                     where m.tenant_id = $1 and m.file_id = f.file_id and m.batch_ref = $7))))
   order by 1`;

/** Who handed in the files that a finding follows from, as they count now. */
export async function evidenceBy(
  database: Queryable,
  { tenant_id, provider, connection_id, raw }: FindingRecord,
): Promise<string[]> {
  const { line, operation, booking, batch, reserve } = raw as Facts;
  const named = [line?.key ?? null, operation?.operationId ?? null, booking?.key ?? null];
  const rest = [batch?.batchRef ?? null, reserve !== undefined];
  const rows = await database.query<{ received_by: string }>(HANDED_IN, [
    ...[tenant_id, provider, connection_id, ...named, ...rest],
  ]);
  return rows.map(({ received_by }) => received_by);
}
