/**
 * Dated entries with their sums by the hour, and the latest effective time: `$1` ledger, `$2`–`$9`
 * entries, `$10`–`$14` hours, `$15` the latest effective time.
 */
export const DATED_SQL = `
with
entry as (
  insert into dated_entry (ledger_id, recorded_at, account, asset, effective_at, sequence, position,
    input, output)
  values ($1, unnest($2::timestamptz[]), unnest($3::text[]), unnest($4::text[]), unnest($5::timestamptz[]),
    unnest($6::bigint[]), unnest($7::smallint[]), unnest($8::numeric[]), unnest($9::numeric[]))),
hour as (
  insert into dated_hour as known (ledger_id, account, asset, hour, input, output)
  values ($1, unnest($10::text[]), unnest($11::text[]), unnest($12::timestamptz[]),
    unnest($13::numeric[]), unnest($14::numeric[]))
  on conflict (ledger_id, account, asset, hour) do update set
    input = known.input + excluded.input, output = known.output + excluded.output)
update ledger_head set latest_effective_at = greatest(latest_effective_at, $15::timestamptz)
where ledger_id = $1`;

/**
 * Where an account has dated postings and no others (migration 0005): `$1` ledger, `$2`/`$3` accounts and
 * sequences of dated entries. The postings have to be written before.
 */
export const RUNS_SQL = 'select mark_dated_runs($1, $2::text[], $3::bigint[])';

/** What is reserved after the events of holds: `$1` ledger, then one array per column. */
export const PENDING_SQL = `
insert into pending_entry (ledger_id, account, asset, sequence, pending_in, pending_out)
values ($1, unnest($2::text[]), unnest($3::text[]), unnest($4::bigint[]), unnest($5::numeric[]),
  unnest($6::numeric[]))`;
