-- What a balance at a past time needs beside the events and postings; see note.md.

-- Postings whose effective time isn't their time of recording, once for each account that they touch.
create table dated_entry (
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
create index dated_entry_recorded on dated_entry (ledger_id, account, asset, recorded_at, sequence);

-- By how much the dated entries make the two clocks differ, by the hour: what took effect in the hour, less
-- what was recorded in it.
create table dated_hour (
  ledger_id integer not null,
  account text collate "C" not null,
  asset text collate "C" not null,
  hour timestamptz not null,
  input numeric not null,
  output numeric not null,
  primary key (ledger_id, account, asset, hour)
) with (fillfactor = 80);

-- What was reserved after each event of a hold: holds are not in the postings.
create table pending_entry (
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
alter table ledger_head add column latest_effective_at timestamptz;

-- Before this event the account never had the asset: nothing has to be searched for. 0 is not known.
alter table balance add column first_sequence bigint not null default 0;

insert into dated_entry
  (ledger_id, account, asset, effective_at, sequence, position, recorded_at, input, output)
select side.ledger_id, side.account, side.asset, side.effective_at, side.sequence, side.position,
  event.recorded_at, sum(side.input), sum(side.output)
from (
  select ledger_id, destination as account, asset, effective_at, sequence, position, amount as input,
    0::numeric as output
  from posting
  union all
  select ledger_id, source, asset, effective_at, sequence, position, 0, amount from posting) as side
join event on event.ledger_id = side.ledger_id and event.sequence = side.sequence
where side.effective_at <> event.recorded_at
group by 1, 2, 3, 4, 5, 6, 7;

insert into dated_hour (ledger_id, account, asset, hour, input, output)
select ledger_id, account, asset, hour, sum(input), sum(output)
from (
  select ledger_id, account, asset, date_trunc('hour', effective_at, 'UTC') as hour, input, output
  from dated_entry
  union all
  select ledger_id, account, asset, date_trunc('hour', recorded_at, 'UTC'), -input, -output
  from dated_entry) as change
group by ledger_id, account, asset, hour
having sum(input) <> 0 or sum(output) <> 0;

-- A hold's events say what its postings gave and took; the sums so far are what was reserved after each.
insert into pending_entry (ledger_id, account, asset, sequence, pending_in, pending_out)
select ledger_id, account, asset, sequence,
  sum(pending_in) over earlier, sum(pending_out) over earlier
from (
  select ledger_id, account, asset, sequence, sum(pending_in) as pending_in, sum(pending_out) as pending_out
  from (
    select e.ledger_id, e.sequence, part.value ->> 2 as asset,
      case when side.is_source then part.value ->> 0 else part.value ->> 1 end as account,
      case when side.is_source then 0 else reserved.amount end as pending_in,
      case when side.is_source then reserved.amount else 0 end as pending_out
    from event e
    cross join lateral json_array_elements(
      coalesce(e.payload -> 'transaction' -> 'postings', e.payload -> 'postings')) with ordinality as part
    cross join lateral (select case
        when e.type = 'TransactionCreated' then (part.value ->> 3)::numeric
        else -(part.value ->> 3)::numeric
          - coalesce((e.payload -> 'released' ->> (part.ordinality - 1)::integer)::numeric, 0)
      end as amount) as reserved
    cross join (values (true), (false)) as side (is_source)
    where e.type in ('HoldPosted', 'HoldVoided', 'HoldExpired')
      or e.type = 'TransactionCreated' and e.payload -> 'transaction' ->> 'status' = 'pending') as part
  group by ledger_id, account, asset, sequence) as change
window earlier as (partition by ledger_id, account, asset order by sequence);

update ledger_head set latest_effective_at = dated.latest
from (select ledger_id, max(effective_at) as latest from dated_entry group by ledger_id) as dated
where dated.ledger_id = ledger_head.ledger_id;

grant select, insert on dated_entry, pending_entry to :"service";
grant select, insert, update on dated_hour to :"service";
