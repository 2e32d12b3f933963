-- The tables of the past, rebuilt beside the live ones until they are compared; see note.md. No grant: only
-- the owner, as which the job runs, works with them.

create unlogged table rebuilt_dated_entry (
  ledger_id integer not null,
  account text collate "C" not null,
  asset text collate "C" not null,
  effective_at timestamptz not null,
  sequence bigint not null,
  position smallint not null,
  recorded_at timestamptz not null,
  input numeric not null,
  output numeric not null,
  primary key (ledger_id, account, asset, effective_at, sequence, position)
);

create unlogged table rebuilt_dated_hour (
  ledger_id integer not null,
  account text collate "C" not null,
  asset text collate "C" not null,
  hour timestamptz not null,
  input numeric not null,
  output numeric not null,
  primary key (ledger_id, account, asset, hour)
) with (fillfactor = 70);

create unlogged table rebuilt_dated_run (
  ledger_id integer not null,
  account text collate "C" not null,
  first_sequence bigint not null,
  last_sequence bigint not null,
  -- Whether the account had nothing since: its next dated posting goes on with this run.
  goes_on boolean not null,
  primary key (ledger_id, account, first_sequence)
) with (fillfactor = 70);
create index rebuilt_dated_run_going_on on rebuilt_dated_run (ledger_id, account) where goes_on;

create unlogged table rebuilt_pending_entry (
  ledger_id integer not null,
  account text collate "C" not null,
  asset text collate "C" not null,
  sequence bigint not null,
  pending_in numeric not null,
  pending_out numeric not null,
  primary key (ledger_id, account, asset, sequence)
);

create unlogged table rebuilt_mismatch (
  ledger_id integer not null,
  sequence bigint not null,
  part integer not null,
  kind text not null,
  origin text not null,
  transaction_id bigint,
  account text collate "C",
  asset text collate "C",
  expected numeric,
  actual numeric,
  refusal jsonb,
  recorded_at timestamptz not null,
  primary key (ledger_id, sequence, part)
);

-- A run that goes on across the end of a backfill was written as two; from here on the events give one form
-- only, which can be compared. Locked by a statement of its own: the next one sees what the writers left.
do $$ begin
  perform from ledger_head head join history_backfill using (ledger_id)
  order by head.ledger_id for update of head;
end $$;
with split as (
  select later.ledger_id, later.account, earlier.first_sequence, later.first_sequence as second_sequence,
    later.last_sequence
  from history_backfill backfill
  join dated_run later on later.ledger_id = backfill.ledger_id and later.first_sequence > backfill.up_to
  cross join lateral (select run.first_sequence, run.last_sequence from dated_run run
    where run.ledger_id = later.ledger_id and run.account = later.account
      and run.first_sequence < later.first_sequence
    order by run.first_sequence desc limit 1) as earlier
  where earlier.last_sequence <= backfill.up_to
    and not exists (select from posting
      where posting.ledger_id = later.ledger_id and posting.source = later.account collate "default"
        and posting.sequence > earlier.last_sequence and posting.sequence < later.first_sequence)
    and not exists (select from posting
      where posting.ledger_id = later.ledger_id and posting.destination = later.account collate "default"
        and posting.sequence > earlier.last_sequence and posting.sequence < later.first_sequence)),
removed as (
  delete from dated_run run using split
  where run.ledger_id = split.ledger_id and run.account = split.account
    and run.first_sequence = split.second_sequence)
update dated_run run set last_sequence = split.last_sequence
from split
where run.ledger_id = split.ledger_id and run.account = split.account
  and run.first_sequence = split.first_sequence;
