import type { Queryable } from '@defter/platform';
import type { DayFlow, MovedTotal, SettledTotal } from './daily-content.js';
import { IS_OURS, NET } from '../line-money.sql.js';

/** Money of ours that has moved: what customers paid is in, the rest is out; what came back counts as in. */
const IN = `(family = 'charge' or result = 'returned')`;
const OUT = `(family in ('payout', 'refund', 'chargeback'))`;
const MOVED = `result in ('succeeded', 'returned')
  and family in ('charge', 'payout', 'refund', 'chargeback')`;

interface FlowRow {
  readonly business_on: string;
  readonly currency: string;
  readonly in_minor: string;
  readonly out_minor: string;
}

const FLOW = `
  select business_on, currency,
         coalesce(sum(amount) filter (where ${IN}), 0)::text as in_minor,
         coalesce(sum(amount) filter (where ${OUT}), 0)::text as out_minor
    from operation
   where tenant_id = $1 and business_on > $2::date - 14 and business_on <= $2 and ${MOVED}
   group by business_on, currency order by currency, business_on`;

/** In and out per day and currency, of the fourteen days that end with a date; days without are left out. */
export async function flowUntil(database: Queryable, tenantId: string, on: string): Promise<DayFlow[]> {
  const rows = await database.query<FlowRow>(FLOW, [tenantId, on]);
  return rows.map((row) => ({
    ...{ on: row.business_on, currency: row.currency, inMinor: row.in_minor, outMinor: row.out_minor },
  }));
}

interface MovedRow {
  readonly provider: string;
  readonly connection_id: string;
  readonly currency: string;
  readonly in_count: number;
  readonly in_minor: string;
  readonly out_count: number;
  readonly out_minor: string;
  readonly fee_minor: string;
  readonly open_count: number;
}

const MOVED_ON = `
  select provider, connection_id, currency,
         count(*) filter (where ${MOVED} and ${IN})::int as in_count,
         coalesce(sum(amount) filter (where ${MOVED} and ${IN}), 0)::text as in_minor,
         count(*) filter (where ${MOVED} and ${OUT})::int as out_count,
         coalesce(sum(amount) filter (where ${MOVED} and ${OUT}), 0)::text as out_minor,
         coalesce(sum(fee) filter (where ${MOVED}), 0)::text as fee_minor,
         count(*) filter (where result in ('sending', 'pending', 'unknown'))::int as open_count
    from operation where tenant_id = $1 and business_on = $2
   group by provider, connection_id, currency order by provider, connection_id, currency`;

/** Our own movements of a date. */
export async function movedOn(database: Queryable, tenantId: string, on: string): Promise<MovedTotal[]> {
  const rows = await database.query<MovedRow>(MOVED_ON, [tenantId, on]);
  return rows.map((row) => ({
    ...{ provider: row.provider, connection: row.connection_id, currency: row.currency },
    ...{ inCount: row.in_count, inMinor: row.in_minor, outCount: row.out_count, outMinor: row.out_minor },
    ...{ feeMinor: row.fee_minor, openCount: row.open_count },
  }));
}

interface SettledRow {
  readonly provider: string;
  readonly connection_id: string;
  readonly currency: string;
  readonly lines: number;
  readonly amount: string;
  readonly fee: string;
  readonly unmatched_lines: number;
  readonly unmatched: string;
  readonly explained: string;
  readonly unexplained: string;
}

/** The lines of a date that count: those of no report that was replaced. */
const SETTLED_ON = `
  select l.provider, l.connection_id, l.currency, count(*)::int as lines,
         sum(${NET} + l.fee)::text as amount, sum(l.fee)::text as fee,
         count(*) filter (where m.file_id is null and ${IS_OURS})::int as unmatched_lines,
         coalesce(sum(l.amount) filter (where m.file_id is null and ${IS_OURS}), 0)::text as unmatched,
         coalesce(sum(abs(l.amount - o.amount))
           filter (where m.explanation <> 'differs' and l.currency = o.currency), 0)::text as explained,
         coalesce(sum(abs(l.amount - o.amount))
           filter (where m.explanation = 'differs' and l.currency = o.currency), 0)::text as unexplained
    from report_line l
    join report_file f on f.tenant_id = $1 and f.file_id = l.file_id and f.superseded_by is null
    left join match m on m.tenant_id = $1 and m.file_id = l.file_id and m.line_number = l.line_number
    left join operation o on o.tenant_id = $1 and o.operation_id = m.operation_id
   where l.tenant_id = $1 and f.business_on = $2
   group by l.provider, l.connection_id, l.currency order by l.provider, l.connection_id, l.currency`;

/** What providers settled for a date, as far as their reports are here. */
export async function settledOn(database: Queryable, tenantId: string, on: string): Promise<SettledTotal[]> {
  const rows = await database.query<SettledRow>(SETTLED_ON, [tenantId, on]);
  return rows.map((row) => ({
    ...{ provider: row.provider, connection: row.connection_id, currency: row.currency, lines: row.lines },
    ...{ amountMinor: row.amount, feeMinor: row.fee, unmatchedLines: row.unmatched_lines },
    ...{ unmatchedMinor: row.unmatched, explainedMinor: row.explained, unexplainedMinor: row.unexplained },
  }));
}
