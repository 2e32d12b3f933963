/** Parameters: $1 tenant, $2 provider, $3 connection, $4 run. Amounts come as text (numeric). */
export interface TotalsRow {
  readonly currency: string;
  readonly matched_lines: bigint;
  readonly matched_amount: string;
  readonly unmatched_lines: bigint;
  readonly unmatched_amount: string;
  /** Differences of matched pairs, never netted: a plus here doesn't hide a minus there. */
  readonly explained_difference: string;
  readonly unexplained_difference: string;
}

/** What the provider settled, per currency. Pairs of two currencies have no difference in figures. */
export const TOTALS = `
  select l.currency,
         count(m.file_id) as matched_lines,
         coalesce(sum(l.amount) filter (where m.file_id is not null), 0)::text as matched_amount,
         count(*) filter (where m.file_id is null) as unmatched_lines,
         coalesce(sum(l.amount) filter (where m.file_id is null), 0)::text as unmatched_amount,
         coalesce(sum(abs(l.amount - o.amount)) filter (where m.explanation = 'net-of-fee'), 0)::text
           as explained_difference,
         coalesce(sum(abs(l.amount - o.amount))
           filter (where m.explanation = 'differs' and l.currency = o.currency),
             0)::text as unexplained_difference
    from report_line l
    join report_file f on f.tenant_id = $1 and f.file_id = l.file_id and f.superseded_by is null
    left join match m on m.tenant_id = $1 and m.file_id = l.file_id and m.line_number = l.line_number
    left join operation o on o.tenant_id = $1 and o.operation_id = m.operation_id
   where l.tenant_id = $1 and l.provider = $2 and l.connection_id = $3
   group by l.currency order by l.currency`;

export interface ResidueCountRow {
  readonly kind: string;
  readonly expected: boolean;
  readonly count: bigint;
}

export const RESIDUE_COUNTS = `
  select kind, expected, count(*) as count from run_residue
   where tenant_id = $1 and run_id = $2 group by kind, expected order by kind, expected`;

/** Our operations of which no line tells, per currency. */
export interface UnsettledRow {
  readonly currency: string;
  readonly operations: bigint;
  readonly amount: string;
}

export const UNSETTLED = `
  select operation ->> 'currency' as currency, count(*) as operations,
         sum((operation ->> 'amount')::numeric)::text as amount
    from run_residue where tenant_id = $1 and run_id = $2 and kind = 'operation-alone'
   group by 1 order by 1`;
