import type { Queryable } from '@defter/platform';
import { IS_OURS, NET, SIGN } from '../line-money.sql.js';
import type { Arrived, Batch } from './settlement-content.js';

interface BatchRow {
  readonly business_on: string;
  readonly provider: string;
  readonly connection_id: string;
  readonly report_ref: string;
  readonly currency: string;
  readonly lines: number;
  readonly in_minor: string;
  readonly out_minor: string;
  readonly fee_minor: string;
  readonly net_minor: string;
  readonly ours: string;
  readonly unmatched_lines: number;
  readonly unmatched: string;
  readonly explained: string;
  readonly unexplained_lines: number;
  readonly unexplained: string;
}

const BATCHES = `
  select f.business_on, l.provider, l.connection_id, l.report_ref, l.currency, count(*)::int as lines,
         coalesce(sum(l.amount) filter (where ${SIGN} = 1), 0)::text as in_minor,
         coalesce(sum(l.amount) filter (where ${SIGN} = -1), 0)::text as out_minor,
         coalesce(sum(l.fee), 0)::text as fee_minor, coalesce(sum(${NET}), 0)::text as net_minor,
         coalesce(sum(${SIGN} * o.amount - case when l.leg = 'payment' then o.fee else 0 end)
           filter (where o.currency = l.currency), 0)::text as ours,
         count(*) filter (where m.file_id is null and ${IS_OURS})::int as unmatched_lines,
         coalesce(sum(l.amount) filter (where m.file_id is null and ${IS_OURS}), 0)::text as unmatched,
         coalesce(sum(abs(l.amount - o.amount))
           filter (where m.explanation <> 'differs' and l.currency = o.currency), 0)::text as explained,
         count(*) filter (where m.explanation = 'differs')::int as unexplained_lines,
         coalesce(sum(abs(l.amount - o.amount))
           filter (where m.explanation = 'differs' and l.currency = o.currency), 0)::text as unexplained
    from report_line l
    join report_file f on f.tenant_id = $1 and f.file_id = l.file_id and f.superseded_by is null
    left join match m on m.tenant_id = $1 and m.file_id = l.file_id and m.line_number = l.line_number
    left join operation o on o.tenant_id = $1 and o.operation_id = m.operation_id
   where l.tenant_id = $1 and f.business_on >= $2 and f.business_on <= $3
   group by f.business_on, l.provider, l.connection_id, l.report_ref, l.currency
   order by f.business_on desc, l.provider, l.connection_id, l.report_ref, l.currency`;

/** The batches of the days from one to another, both included; newest first. */
export async function batchesBetween(
  database: Queryable,
  tenantId: string,
  [from, to]: readonly [string, string],
): Promise<Batch[]> {
  const rows = await database.query<BatchRow>(BATCHES, [tenantId, from, to]);
  return rows.map((row) => {
    return {
      ...{ on: row.business_on, provider: row.provider, connection: row.connection_id },
      ...{ batch: row.report_ref, currency: row.currency, lines: row.lines, inMinor: row.in_minor },
      ...{ outMinor: row.out_minor, feeMinor: row.fee_minor, netMinor: row.net_minor, oursMinor: row.ours },
      ...{ unmatchedLines: row.unmatched_lines, unmatchedMinor: row.unmatched },
      ...{ explainedMinor: row.explained, unexplainedLines: row.unexplained_lines },
      unexplainedMinor: row.unexplained,
    };
  });
}

interface ArrivedRow {
  readonly account: string;
  readonly asset: string;
  readonly amount: string;
  readonly transfers: number;
}

/** Settlements of before went the other way between the two accounts; what took one back isn't one. */
const ARRIVED = `
  select case when source like 'bank:%' then source else destination end as account, asset,
         sum(amount)::text as amount, count(*)::int as transfers
    from journal_entry
   where tenant_id = $1 and ledger = $2 and reverts is null
     and ((source like 'bank:%' and destination like 'psp:%')
       or (source like 'psp:%' and destination like 'bank:%'))
     and movement in ('posted', 'captured') and recorded_at >= $3 and recorded_at < $4
   group by 1, asset`;

/** What our books show as paid from providers to the bank, from one instant to another. */
export async function arrivedBetween(
  database: Queryable,
  { tenantId, ledger }: { readonly tenantId: string; readonly ledger: string },
  [from, to]: readonly [Date, Date],
): Promise<Arrived[]> {
  const rows = await database.query<ArrivedRow>(ARRIVED, [tenantId, ledger, from, to]);
  return rows.map(({ account, asset, amount, transfers }) => ({
    ...{ connection: account.slice('bank:'.length), currency: asset.split('/')[0] ?? asset },
    ...{ minor: amount, transfers },
  }));
}
