/**
 * SQL for the last sequence that was recorded at or before an instant: an expression over `instant`, of
 * ledger `$1`. Batches are numbered without gaps and their times never go back, so halving the range finds
 * the last one in some twenty look-ups of the primary key; an index on the time would cost every commit.
 */
export const sequenceAt = (instant: string): string => `(
  with recursive search (low, high) as (
    select 0::bigint, head.last_batch from ledger_head head where head.ledger_id = $1
    union all
    select case when middle.recorded_at <= ${instant} then middle.batch else search.low end,
      case when middle.recorded_at <= ${instant} then search.high else middle.batch - 1 end
    from search
    cross join lateral (select batch.batch, batch.recorded_at from batch
      where batch.ledger_id = $1 and batch.batch = (search.low + search.high + 1) / 2 limit 1) as middle
    where search.low < search.high)
  select coalesce((select batch.last_sequence from batch
    where batch.ledger_id = $1 and batch.batch = search.low), 0)
  from search where search.low = search.high)`;

/** The last sequence before an instant. */
export const sequenceBefore = (instant: string): string =>
  sequenceAt(`${instant} - interval '1 microsecond'`);
