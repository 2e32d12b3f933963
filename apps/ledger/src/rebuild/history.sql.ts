/** Postings with a date of their own, once for each account that they touch. */
const DATED = `
  select side.account, part.value ->> 2 as asset, (made.t ->> 'timestamp')::timestamptz as effective_at,
    e.sequence, part.ordinality - 1 as position, e.recorded_at,
    sum(side.input) as input, sum(side.output) as output
  from event e
  cross join lateral (select e.payload -> 'transaction') as made (t)
  cross join lateral json_array_elements(made.t -> 'postings') with ordinality as part
  cross join lateral (select (part.value ->> 3)::numeric) as moved (amount)
  cross join lateral (values (part.value ->> 1, moved.amount, 0::numeric),
    (part.value ->> 0, 0::numeric, moved.amount)) as side (account, input, output)
  where e.ledger_id = $1 and e.sequence > $2 and e.sequence <= $3
    and e.type in ('TransactionCreated', 'TransactionReverted') and made.t ->> 'status' is null
    and (made.t ->> 'timestamp')::timestamptz <> e.recorded_at
  group by 1, 2, 3, 4, 5, 6`;

export const FOLD_DATED_ENTRIES = `
insert into rebuilt_dated_entry (ledger_id, account, asset, effective_at, sequence, position, recorded_at,
  input, output)
select $1, dated.* from (${DATED}) as dated`;

/** By how much dated entries make the two clocks differ, by the hour; hours that even out may stay, as 0. */
export const FOLD_DATED_HOURS = `
with dated as materialized (${DATED}),
change as (
  select account, asset, date_trunc('hour', effective_at, 'UTC') as hour, input, output from dated
  union all
  select account, asset, date_trunc('hour', recorded_at, 'UTC'), -input, -output from dated)
insert into rebuilt_dated_hour as known (ledger_id, account, asset, hour, input, output)
select $1, account, asset, hour, sum(input), sum(output) from change group by account, asset, hour
on conflict (ledger_id, account, asset, hour) do update set
  input = known.input + excluded.input, output = known.output + excluded.output`;

/**
 * Rows of dated postings of an account without others between. `gap` counts the others before a posting, so
 * postings with the same `gap` are one run; without any before it in this chunk, it may go on with the run
 * that an earlier chunk left.
 */
export const FOLD_DATED_RUNS = `
with moved as (
  select distinct side.account, e.sequence,
    coalesce((made.t ->> 'timestamp')::timestamptz <> e.recorded_at, false) as dated
  from event e
  cross join lateral (select e.payload -> 'transaction') as made (t)
  cross join lateral json_array_elements(coalesce(made.t -> 'postings', e.payload -> 'postings')) as part
  cross join lateral (values (part.value ->> 0), (part.value ->> 1)) as side (account)
  where e.ledger_id = $1 and e.sequence > $2 and e.sequence <= $3
    and case e.type
      when 'HoldPosted' then part.value ->> 3 <> '0'
      when 'TransactionCreated' then made.t ->> 'status' is null
      else e.type = 'TransactionReverted' end),
placed as materialized (
  select account, sequence, dated,
    count(*) filter (where not dated) over (partition by account order by sequence) as gap,
    count(*) filter (where not dated) over (partition by account) as gaps
  from moved),
run as (
  select account, gap, gap = gaps as goes_on, min(sequence) as first_sequence, max(sequence) as last_sequence
  from placed where dated group by account, gap, gaps),
ended as (
  update rebuilt_dated_run known set goes_on = false
  from placed
  where not placed.dated and placed.gap = 1
    and not exists (select from run where run.account = placed.account and run.gap = 0)
    and known.ledger_id = $1 and known.account = placed.account and known.goes_on)
insert into rebuilt_dated_run as known (ledger_id, account, first_sequence, last_sequence, goes_on)
select $1, run.account, coalesce(before.first_sequence, run.first_sequence), run.last_sequence, run.goes_on
from run left join rebuilt_dated_run before
  on run.gap = 0 and before.ledger_id = $1 and before.account = run.account and before.goes_on
on conflict (ledger_id, account, first_sequence) do update set
  last_sequence = excluded.last_sequence, goes_on = excluded.goes_on`;

/** What is reserved after each event of a hold, added up from the one before of the same balance. */
export const FOLD_PENDING_ENTRIES = `
with part as materialized (
  select e.sequence, posting.value ->> 0 as source, posting.value ->> 1 as destination,
    posting.value ->> 2 as asset,
    case when e.type = 'TransactionCreated' then (posting.value ->> 3)::numeric
      else -(posting.value ->> 3)::numeric
        - coalesce((e.payload -> 'released' ->> (posting.ordinality - 1)::integer)::numeric, 0)
      end as reserved
  from event e
  cross join lateral json_array_elements(
    coalesce(e.payload -> 'transaction' -> 'postings', e.payload -> 'postings'))
    with ordinality as posting
  where e.ledger_id = $1 and e.sequence > $2 and e.sequence <= $3
    and (e.type in ('HoldPosted', 'HoldVoided', 'HoldExpired')
      or e.type = 'TransactionCreated' and e.payload -> 'transaction' ->> 'status' = 'pending')),
change as materialized (
  select account, asset, sequence, sum(pending_in) as pending_in, sum(pending_out) as pending_out
  from (
    select source as account, asset, sequence, 0::numeric as pending_in, reserved as pending_out from part
    union all
    select destination, asset, sequence, reserved, 0 from part) as side
  group by account, asset, sequence),
before as materialized (
  select touched.account, touched.asset, last.pending_in, last.pending_out
  from (select distinct account, asset from change) as touched
  cross join lateral (select known.pending_in, known.pending_out from rebuilt_pending_entry known
    where known.ledger_id = $1 and known.account = touched.account and known.asset = touched.asset
    order by known.sequence desc limit 1) as last)
insert into rebuilt_pending_entry (ledger_id, account, asset, sequence, pending_in, pending_out)
select $1, account, asset, change.sequence,
  coalesce(before.pending_in, 0) + sum(change.pending_in) over so_far,
  coalesce(before.pending_out, 0) + sum(change.pending_out) over so_far
from change left join before using (account, asset)
window so_far as (partition by account, asset order by change.sequence)`;
