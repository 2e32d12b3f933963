/** Parameters: $1 tenant, $2 run. Amounts come as text (numeric). */
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

/** The pairs of a run, as its matching has added them up. */
const PAIRS = `from run_pair where tenant_id = $1 and run_id = $2 and currency is not null`;
const IN_ONE_CURRENCY = 'currency = our_currency';

/** What the provider settled, per currency. Pairs of two currencies have no difference in figures. */
export const TOTALS = `
  select currency, sum(matched_lines)::bigint as matched_lines, sum(matched_amount)::text as matched_amount,
         sum(matched_ours)::text as matched_ours, sum(unmatched_lines)::bigint as unmatched_lines,
         sum(unmatched_amount)::text as unmatched_amount, sum(fees)::text as fees,
         sum(our_fees)::text as our_fees, sum(explained)::text as explained_difference,
         sum(unexplained)::text as unexplained_difference
    from (
      select currency, pairs as matched_lines, amount as matched_amount,
             case when ${IN_ONE_CURRENCY} then ours else 0 end as matched_ours,
             0 as unmatched_lines, 0::numeric as unmatched_amount, fee as fees,
             case when leg = 'payment' and ${IN_ONE_CURRENCY} then our_fee else 0 end as our_fees,
             case when explanation in ('net-of-fee', 'surcharge') then more + less else 0 end as explained,
             case when explanation = 'differs' and ${IN_ONE_CURRENCY} then more + less else 0 end
               as unexplained
        ${PAIRS}
      union all
      select currency, 0, 0, 0, count(*), sum(amount), sum(fee), 0, 0, 0
        from run_left_line where tenant_id = $1 and run_id = $2 group by currency) part
   group by currency order by currency`;

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
  select currency, explanation, explanation not in ('differs', 'fee') as explained,
         sum(pairs)::bigint as pairs, sum(more)::text as more, sum(less)::text as less
    from (
      select currency, kind.explanation, kind.pairs, kind.more, kind.less
        from (select * ${PAIRS}) pair
       cross join lateral (values (explanation, off, pair.more, pair.less),
         ('fee', fee_off, fee_more, fee_less)) as kind (explanation, pairs, more, less)
       where ${IN_ONE_CURRENCY} or pair.explanation in ('fx', 'rounding')) difference
   where explanation <> 'exact' and pairs > 0
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
