-- The tables of the ledger. The first column of every key is the ledger's number; see note.md.

create table ledger (
  ledger_id integer generated always as identity primary key,
  tenant_id text not null,
  name text not null,
  strict boolean not null default false,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp(),
  unique (tenant_id, name)
);

-- One row decides the order of a ledger: it is locked for the length of a commit.
create table ledger_head (
  ledger_id integer primary key,
  sequence bigint not null default 0,
  last_transaction_id bigint not null default 0,
  last_batch bigint not null default 0,
  hash bytea not null default decode(repeat('00', 32), 'hex') check (octet_length(hash) = 32),
  -- Rises with every change of the account types or of the strict mode, so that a writer's memory is never
  -- stale.
  settings_version integer not null default 1
) with (fillfactor = 50);

create table account_type (
  ledger_id integer not null,
  pattern text not null,
  -- How far below zero `available` may go; null is without limit.
  overdraft numeric check (overdraft >= 0),
  closed boolean not null default false,
  primary key (ledger_id, pattern)
);

-- Append-only. `payload` is json, not jsonb: its bytes are what the batch's root was made from.
create table event (
  ledger_id integer not null,
  sequence bigint not null check (sequence > 0),
  batch bigint not null,
  recorded_at timestamptz not null,
  schema_version smallint not null,
  type text not null,
  idempotency_key text,
  fingerprint bytea check (octet_length(fingerprint) = 16),
  payload json not null,
  primary key (ledger_id, sequence),
  check ((idempotency_key is null) = (fingerprint is null))
);
create unique index event_idempotency_key on event (ledger_id, idempotency_key)
  where idempotency_key is not null;

-- Append-only. A row is one movement with both its ends, so that a transaction cannot fail to sum to zero.
create table posting (
  ledger_id integer not null,
  sequence bigint not null,
  position smallint not null,
  transaction_id bigint not null,
  effective_at timestamptz not null,
  source text not null,
  destination text not null,
  asset text not null,
  amount numeric not null check (amount >= 0 and scale(amount) = 0),
  primary key (ledger_id, sequence, position)
);
create index posting_source on posting (ledger_id, source, sequence);
create index posting_destination on posting (ledger_id, destination, sequence);

create table balance (
  ledger_id integer not null,
  account text not null,
  asset text not null,
  input numeric not null check (input >= 0),
  output numeric not null check (output >= 0),
  pending_in numeric not null check (pending_in >= 0),
  pending_out numeric not null check (pending_out >= 0),
  -- The rule of funds once more: the floor of the account's type, or below it what a forced transaction left.
  floor numeric,
  sequence bigint not null,
  primary key (ledger_id, account, asset),
  constraint balance_floor check (floor is null or input - output - pending_out >= floor)
) with (fillfactor = 70);

create table account (
  ledger_id integer not null,
  address text not null,
  first_sequence bigint not null,
  inserted_at timestamptz not null,
  metadata jsonb not null default '{}',
  primary key (ledger_id, address)
);

create table transaction (
  ledger_id integer not null,
  transaction_id bigint not null,
  sequence bigint not null,
  status text not null check (status in ('posted', 'pending', 'captured', 'voided', 'expired')),
  effective_at timestamptz not null,
  reference text,
  expires_at timestamptz,
  reverts bigint,
  reverted_by bigint,
  metadata jsonb,
  primary key (ledger_id, transaction_id)
) with (fillfactor = 90);
create unique index transaction_reference on transaction (ledger_id, reference) where reference is not null;
create index transaction_expiry on transaction (expires_at)
  where status = 'pending' and expires_at is not null;
create unique index transaction_reverts on transaction (ledger_id, reverts) where reverts is not null;

-- The postings of a hold: what was asked, what was captured, what is still held.
create table hold (
  ledger_id integer not null,
  transaction_id bigint not null,
  position smallint not null,
  source text not null,
  destination text not null,
  asset text not null,
  amount numeric not null check (amount >= 0),
  captured numeric not null check (captured >= 0),
  remaining numeric not null check (remaining >= 0),
  primary key (ledger_id, transaction_id, position),
  check (captured + remaining <= amount)
);
create index hold_open on hold (ledger_id, source) where remaining > 0;

-- A refusal is as final as an acceptance: the same key gives the same answer for ever.
create table refused_key (
  ledger_id integer not null,
  idempotency_key text not null,
  fingerprint bytea not null check (octet_length(fingerprint) = 16),
  refusal jsonb not null,
  refused_at timestamptz not null,
  primary key (ledger_id, idempotency_key)
);

-- What was committed together, with the Merkle root of its events, chained to the batch before.
create table batch (
  ledger_id integer not null,
  batch bigint not null,
  first_sequence bigint not null,
  last_sequence bigint not null check (last_sequence >= first_sequence),
  root bytea not null check (octet_length(root) = 32),
  hash bytea not null check (octet_length(hash) = 32),
  recorded_at timestamptz not null,
  primary key (ledger_id, batch)
);

-- How far the relay has published a ledger's events. Moved by compare-and-set only.
create table relay_checkpoint (
  ledger_id integer not null,
  relay text not null,
  sequence bigint not null,
  primary key (ledger_id, relay)
);

grant select, insert on ledger to :"service";
grant update (metadata, strict) on ledger to :"service";
grant select, insert, update
  on ledger_head, account_type, balance, account, transaction, hold, relay_checkpoint
  to :"service";
grant select, insert on event, posting, refused_key, batch to :"service";
