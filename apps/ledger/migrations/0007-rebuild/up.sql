-- Rebuilt projections stand beside the live ones until they are compared; see note.md. No grant: only the
-- owner, as which the job runs, works with them.

create unlogged table rebuild_progress (
  ledger_id integer not null,
  projection text not null,
  -- The last event that is in the rebuilt rows.
  sequence bigint not null,
  primary key (ledger_id, projection)
);

create unlogged table rebuilt_balance (
  ledger_id integer not null,
  account text not null,
  asset text not null,
  input numeric not null,
  output numeric not null,
  pending_in numeric not null,
  pending_out numeric not null,
  primary key (ledger_id, account, asset)
) with (fillfactor = 70);

create unlogged table rebuilt_transaction (
  ledger_id integer not null,
  transaction_id bigint not null,
  sequence bigint not null,
  status text not null,
  effective_at timestamptz not null,
  reference text,
  expires_at timestamptz,
  reverts bigint,
  reverted_by bigint,
  metadata jsonb not null,
  primary key (ledger_id, transaction_id)
) with (fillfactor = 90);

create unlogged table rebuilt_hold (
  ledger_id integer not null,
  transaction_id bigint not null,
  position smallint not null,
  source text not null,
  destination text not null,
  asset text not null,
  amount numeric not null,
  captured numeric not null,
  remaining numeric not null,
  primary key (ledger_id, transaction_id, position)
);

create unlogged table rebuilt_account (
  ledger_id integer not null,
  address text not null,
  first_sequence bigint not null,
  inserted_at timestamptz not null,
  metadata jsonb not null,
  primary key (ledger_id, address)
);

create unlogged table rebuilt_posting (
  ledger_id integer not null,
  sequence bigint not null,
  position smallint not null,
  transaction_id bigint not null,
  effective_at timestamptz not null,
  source text not null,
  destination text not null,
  asset text not null,
  amount numeric not null,
  primary key (ledger_id, sequence, position)
);

-- A replay of a ledger's events to a topic. How far it is stands in relay_checkpoint, under its own name.
create table pipeline (
  ledger_id integer not null,
  pipeline_id text collate "C" not null,
  topic text not null,
  from_sequence bigint not null check (from_sequence > 0),
  -- The last event to send; null is without end.
  to_sequence bigint check (to_sequence >= from_sequence),
  running boolean not null default true,
  created_at timestamptz not null default clock_timestamp(),
  primary key (ledger_id, pipeline_id)
);
grant select, insert, update, delete on pipeline to :"service";
