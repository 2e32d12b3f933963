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
grant select, insert, update on dated_hour to :"service";
