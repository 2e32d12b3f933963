/** Parameters: $1 tenant, $2 provider, $3 connection. Amounts come as text (numeric). */
export interface TotalsRow {
  readonly currency: string;
  readonly matched_lines: bigint;
  readonly matched_amount: string;
  /** What we hold for true of the same pairs. */
  readonly matched_ours: string;
  readonly unmatched_lines: bigint;
  readonly unmatched_amount: string;
  readonly fees: string;
  readonly our_fees: string;
  /** Differences of matched pairs, never netted: a plus here doesn't hide a minus there. */
  readonly explained_difference: string;
  readonly unexplained_difference: string;
}

/** Each pair of a line that counts and its operation; the operation's columns are null for a line alone. */
const PAIRS = `
  from report_line l
  join report_file f on f.tenant_id = $1 and f.file_id = l.file_id and f.superseded_by is null
  left join match m on m.tenant_id = $1 and m.file_id = l.file_id and m.line_number = l.line_number
  left join operation o on o.tenant_id = $1 and o.operation_id = m.operation_id
 where l.tenant_id = $1 and l.provider = $2 and l.connection_id = $3`;

const sumOf = (value: string, condition: string): string =>
  `coalesce(sum(${value}) filter (where ${condition}), 0)::text`;

/** What the provider settled, per currency. Pairs of two currencies have no difference in figures. */
export const TOTALS = `
  select l.currency,
         count(m.file_id) as matched_lines,
         ${sumOf('l.amount', 'm.file_id is not null')} as matched_amount,
         ${sumOf('o.amount', 'l.currency = o.currency')} as matched_ours,
         count(*) filter (where m.file_id is null) as unmatched_lines,
         ${sumOf('l.amount', 'm.file_id is null')} as unmatched_amount,
         ${sumOf('l.fee', 'true')} as fees,
         ${sumOf('o.fee', `l.leg = 'payment' and l.currency = o.currency`)} as our_fees,
         ${sumOf('abs(l.amount - o.amount)', `m.explanation in ('net-of-fee', 'surcharge')`)}
           as explained_difference,
         ${sumOf('abs(l.amount - o.amount)', `m.explanation = 'differs' and l.currency = o.currency`)}
           as unexplained_difference
  ${PAIRS}
   group by l.currency order by l.currency`;

/** Differences per currency by what explains them; too much and too little apart. */
export interface DifferenceRow {
  readonly currency: string;
  /** An explanation of `match`, or `fee`: the provider kept another fee than expected. */
  readonly explanation: string;
  readonly explained: boolean;
  readonly pairs: bigint;
  readonly more: string;
  readonly less: string;
}

export const DIFFERENCES = `
  select currency, explanation, explanation not in ('differs', 'fee') as explained, count(*) as pairs,
         ${sumOf('difference', 'difference > 0')} as more, ${sumOf('-difference', 'difference < 0')} as less
    from (select l.currency, kind.explanation, kind.difference ${PAIRS.replace(
      ' where ',
      ` cross join lateral (values
           (m.explanation, case when m.explanation in ('fx', 'rounding')
                                then l.amount - round(l.original_amount * l.fx_rate)
                                else l.amount - o.amount end),
           ('fee', case when l.leg = 'payment' then l.fee - o.fee end)) as kind (explanation, difference)
      where `,
    )} and l.currency =
       coalesce(case when m.explanation in ('fx', 'rounding') then l.currency end, o.currency)
     ) pair
   where explanation <> 'exact' and difference <> 0
   group by currency, explanation order by currency, explanation`;

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
