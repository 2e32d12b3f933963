-- outside a transaction: each lock is taken alone, for its own moment. Every statement may run again.

-- What a balance at a past time needs beside the events and postings; see note.md.

-- Postings whose effective time isn't their time of recording, once for each account that they touch.
create table if not exists dated_entry (
  ledger_id integer not null,
  account text collate "C" not null,
  asset text collate "C" not null,
  effective_at timestamptz not null,
  sequence bigint not null,
  position smallint not null,
  recorded_at timestamptz not null,
  input numeric not null check (input >= 0),
  output numeric not null check (output >= 0),
  primary key (ledger_id, account, asset, effective_at, sequence, position)
);
create index if not exists dated_entry_recorded
  on dated_entry (ledger_id, account, asset, recorded_at, sequence);

-- By how much the dated entries make the two clocks differ, by the hour: what took effect in the hour, less
-- what was recorded in it.
create table if not exists dated_hour (
  ledger_id integer not null,
  account text collate "C" not null,
  asset text collate "C" not null,
  hour timestamptz not null,
  input numeric not null,
  output numeric not null,
  primary key (ledger_id, account, asset, hour)
) with (fillfactor = 80);

-- Where an account has dated postings and no others: the first of them in a row, and the last. Reading what
-- isn't dated passes over each of these rows in one step.
create table if not exists dated_run (
  ledger_id integer not null,
  account text collate "C" not null,
  first_sequence bigint not null,
  last_sequence bigint not null check (last_sequence >= first_sequence),
  primary key (ledger_id, account, first_sequence)
) with (fillfactor = 80);

-- Adds dated postings, given as accounts and sequences in pairs, to the runs. One whose account had no other
-- posting since the last dated one goes on with that one's run. The head is locked, the postings are there.
-- Their indexes are in the default collation.
create or replace function mark_dated_runs(ledger integer, accounts text[], sequences bigint[])
returns void language sql as $$
with entry as (
  select given.account collate "default" as account, given.sequence,
    lag(given.sequence) over (partition by given.account order by given.sequence) as before
  from (select distinct account, sequence from unnest(accounts, sequences) as pair (account, sequence))
    as given),
preceded as (
  select entry.*, posted.sequence as posted
  from entry
  cross join lateral (select max(found.sequence) as sequence from (
    (select posting.sequence from posting where posting.ledger_id = ledger
        and posting.source = entry.account and posting.sequence < entry.sequence
      order by posting.sequence desc limit 1)
    union all
    (select posting.sequence from posting where posting.ledger_id = ledger
        and posting.destination = entry.account and posting.sequence < entry.sequence
      order by posting.sequence desc limit 1)) as found) as posted),
begun as (
  select preceded.account, preceded.sequence,
    case when preceded.before is distinct from preceded.posted or preceded.posted is null
      then coalesce(run.first_sequence, preceded.sequence) end as first_sequence
  from preceded
  left join lateral (select known.first_sequence, known.last_sequence from dated_run as known
    where known.ledger_id = ledger and known.account = preceded.account collate "C"
      and known.first_sequence <= preceded.posted
    order by known.first_sequence desc limit 1) as run on run.last_sequence = preceded.posted),
placed as (
  select begun.account, begun.sequence,
    max(begun.first_sequence) over (partition by begun.account order by begun.sequence) as first_sequence
  from begun)
insert into dated_run (ledger_id, account, first_sequence, last_sequence)
select ledger, account, first_sequence, max(sequence) from placed group by account, first_sequence
on conflict (ledger_id, account, first_sequence) do update set last_sequence = excluded.last_sequence
$$;

-- What was reserved after each event of a hold: holds are not in the postings.
create table if not exists pending_entry (
  ledger_id integer not null,
  account text collate "C" not null,
  asset text collate "C" not null,
  sequence bigint not null,
  pending_in numeric not null check (pending_in >= 0),
  pending_out numeric not null check (pending_out >= 0),
  primary key (ledger_id, account, asset, sequence)
);

-- The latest effective time of all postings: while it isn't in the future, what is recorded now is also the
-- last that took effect. Only a dated commit moves it.
alter table ledger_head add column if not exists latest_effective_at timestamptz;

-- Before this event the account never had the asset: nothing has to be searched for. 0 is not known.
alter table balance add column if not exists first_sequence bigint not null default 0;

grant select, insert on dated_entry, pending_entry to :"service";
grant select, insert, update on dated_hour, dated_run to :"service";
