-- What a settlement line says beside its amount and fee: the settlement (batch) that pays it and what it adds
-- to that, a surcharge for instalments, and the money before an exchange. Null in lines from before.
alter table report_line
  add column batch_ref text,
  add column net numeric(78),
  add column surcharge numeric(78) not null default 0,
  add column original_amount numeric(78),
  add column original_currency text,
  add column fx_rate numeric;

-- Settlement reports and bank statements are files of the same life.
alter table report_file
  add column kind text not null default 'settlement' check (kind in ('settlement', 'statement')),
  add column format text not null default 'provider';

-- A booking on the account that receives a connection's settlements; below zero it was taken.
create table bank_line (
  tenant_id text not null,
  file_id uuid not null,
  line_number integer not null check (line_number > 0),
  line_key uuid not null,
  line_hash text not null check (line_hash ~ '^[0-9a-f]{64}$'),
  provider text not null,
  connection_id text not null,
  report_ref text not null,
  account text not null,
  amount numeric(78) not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  booked_on date not null,
  value_on date,
  reference text not null,
  remittance text not null,
  raw text not null,
  primary key (tenant_id, file_id, line_number),
  unique (tenant_id, file_id, line_key)
);
create index bank_line_of_connection on bank_line (tenant_id, provider, connection_id, currency, amount);

-- Which bank booking pays which batch of settlement lines. A booking pays one batch. A batch has one booking,
-- or parts that add up to it: no two have the same part number. A settlement line is of one batch, so it is
-- used once.
create table batch_match (
  tenant_id text not null,
  file_id uuid not null,
  line_number integer not null,
  line_key uuid not null,
  provider text not null,
  connection_id text not null,
  batch_ref text not null,
  currency text not null,
  part smallint not null check (part > 0),
  pass smallint not null check (pass = 4),
  rule_version smallint not null,
  explanation text not null check (explanation in ('by-id', 'in-parts', 'sum-in-window', 'differs')),
  run_id text not null,
  primary key (tenant_id, file_id, line_number),
  unique (tenant_id, provider, connection_id, batch_ref, currency, part)
);

alter table match drop constraint match_explanation_check;
alter table match add constraint match_explanation_check
  check (explanation in ('exact', 'net-of-fee', 'surcharge', 'fx', 'rounding', 'differs')) not valid;
alter table match validate constraint match_explanation_check;

-- What a person may look at: operations that fit a line, but not surely.
alter table run_residue
  add column candidates jsonb,
  add column facts jsonb;

-- How a connection is reconciled, where it isn't as usual.
create table connection_rule (
  tenant_id text not null,
  provider text not null,
  connection_id text not null,
  settlement_lag_ms bigint check (settlement_lag_ms >= 0),
  -- How a file of columns of its own is read (format `mapped`).
  mapping jsonb,
  changed_by text not null,
  changed_at timestamptz not null,
  primary key (tenant_id, provider, connection_id)
);

-- A file as it was handed in, also one that was refused: its bytes in parts, and what was said about it.
create table received_file (
  tenant_id text not null,
  file_id uuid not null,
  provider text not null,
  connection_id text not null,
  name text not null,
  format text not null,
  content_hash text not null check (content_hash ~ '^[0-9a-f]{64}$'),
  byte_count bigint not null,
  accepted boolean not null,
  -- [{"line": 12, "reason": "…"}]
  refusals jsonb not null,
  received_by text not null,
  received_at timestamptz not null,
  primary key (tenant_id, file_id)
);
create index received_file_newest on received_file (tenant_id, received_at desc, file_id desc);
create table received_file_part (
  tenant_id text not null,
  file_id uuid not null,
  part_number integer not null check (part_number > 0),
  bytes bytea not null,
  primary key (tenant_id, file_id, part_number)
);

grant select, insert on bank_line, received_file, received_file_part to :"service";
grant select, insert, delete on batch_match to :"service";
grant select, insert, update on connection_rule to :"service";
