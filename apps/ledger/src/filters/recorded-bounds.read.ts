import type { Queryable } from '@defter/platform';
import { type Comparison, type Condition, conditionsOf, type Filter, mapConditions } from './filter.js';

/** The last event and transaction recorded before an instant; 0 when there is none. */
interface Bound {
  readonly sequence: bigint;
  readonly transactionId: bigint;
}

/**
 * Recorded time never goes back in a ledger, and batches, events and transactions are numbered without gaps.
 * So an instant is a place among the numbers, found by halving: some twenty look-ups, and no index on time.
 */
const BOUNDS = `
with recursive
head as (select last_batch, last_transaction_id from ledger_head where ledger_id = $1),
batches (at, low, high) as (
  select wanted.at, 0::bigint, head.last_batch + 1 from unnest($2::timestamptz[]) as wanted (at), head
  union all
  select at, case when earlier then middle else low end, case when earlier then high else middle end
  from (select at, low, high, (low + high) / 2 as middle,
      (select b.recorded_at from batch b
        where b.ledger_id = $1 and b.batch = (low + high) / 2) < at as earlier
    from batches where high - low > 1 offset 0) as half),
bounds (at, sequence) as (
  select at, coalesce((select b.last_sequence from batch b where b.ledger_id = $1 and b.batch = low), 0)
  from batches where high - low = 1),
transactions (at, sequence, low, high) as (
  select at, sequence, 0::bigint, last_transaction_id + 1 from bounds, head
  union all
  select at, sequence, case when earlier then middle else low end, case when earlier then high else middle end
  from (select at, sequence, low, high, (low + high) / 2 as middle,
      (select t.sequence from transaction t
        where t.ledger_id = $1 and t.transaction_id = (low + high) / 2) <= sequence as earlier
    from transactions where high - low > 1 offset 0) as half)
select distinct wanted.position::int as position, transactions.sequence, transactions.low as "transactionId"
from transactions join unnest($2::timestamptz[]) with ordinality as wanted (at, position) using (at)
where high - low = 1`;

type Recorded = Extract<Condition, { kind: 'instant' }>;

/**
 * The filter with every condition on the recorded time `field` as one on the number `as`: `sequence` of
 * events or `id` of transactions.
 */
export const withRecordedBounds = async (
  database: Queryable,
  ledgerId: number,
  filter: Filter,
  { field, as }: { readonly field: string; readonly as: 'id' | 'sequence' },
): Promise<Filter> => {
  const isRecorded = (condition: Condition): condition is Recorded =>
    condition.kind === 'instant' && condition.field === field;
  const instants = conditionsOf(filter).filter(isRecorded);
  if (instants.length === 0) return filter;
  const wanted = [...new Set(instants.flatMap(({ value }) => [value, nextMicrosecond(value)]))];
  const rows = await database.query<Bound & { position: number }>(BOUNDS, [ledgerId, wanted]);
  const found = new Map(rows.map((row) => [wanted[row.position - 1], row]));
  const before = (instant: string): bigint => {
    const bound = found.get(instant);
    return (as === 'id' ? bound?.transactionId : bound?.sequence) ?? 0n;
  };
  return mapConditions(filter, (condition) =>
    isRecorded(condition) ? numbered(condition, before) : condition,
  );
};

const numbered = ({ compare, value }: Recorded, before: (instant: string) => bigint): Filter => {
  const number = (than: Comparison, bound: bigint): Filter => ({
    kind: 'integer',
    field: 'id',
    compare: than,
    value: bound,
  });
  const after = nextMicrosecond(value);
  switch (compare) {
    case '<':
      return number('<=', before(value));
    case '<=':
      return number('<=', before(after));
    case '>':
      return number('>', before(after));
    case '>=':
      return number('>', before(value));
    case '=':
      return { kind: 'and', parts: [number('>', before(value)), number('<=', before(after))] };
  }
};

/** Instants have six fractional digits and sort as text; the last possible one has no next. */
const nextMicrosecond = (instant: string): string => {
  const micros = parseInt(instant.slice(20, 26), 10) + 1;
  if (micros < 1_000_000) return `${instant.slice(0, 20)}${String(micros).padStart(6, '0')}Z`;
  const second = new Date(Date.parse(`${instant.slice(0, 19)}Z`) + 1000).toISOString();
  return second.length > 24 ? instant : `${second.slice(0, 19)}.000000Z`;
};
