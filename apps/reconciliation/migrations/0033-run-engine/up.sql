-- Attempts that only waited for somebody else's lock; they don't count against the run.
alter table run add column excused integer not null default 0;

-- What a run has fetched, until it has been stored: a later attempt doesn't fetch it again, and of a report
-- of any size one part is in memory. Scratch: after a crash of the server both are empty, and the run fetches
-- anew.
create unlogged table fetched_file (
  tenant_id text not null,
  run_id text not null,
  kind text not null check (kind in ('settlement', 'statement')),
  report_ref text not null,
  business_on date not null,
  -- The provider's name for this state of the file, where it has one.
  edition text,
  content_hash text not null check (content_hash ~ '^[0-9a-f]{64}$'),
  byte_count integer not null,
  -- It is stored already, so its bytes are not kept.
  known boolean not null,
  fetched_at timestamptz not null,
  primary key (tenant_id, run_id, kind, report_ref)
);
create unlogged table fetched_part (
  tenant_id text not null,
  run_id text not null,
  kind text not null,
  report_ref text not null,
  part_number integer not null check (part_number > 0),
  bytes bytea not null,
  primary key (tenant_id, run_id, kind, report_ref, part_number)
);

-- What a run's matching works with; each is empty again when the step commits, or is undone with it.
-- The lines that the passes so far have left over.
create unlogged table run_left_line (
  tenant_id text not null,
  run_id text not null,
  file_id uuid not null,
  line_number integer not null,
  line_key uuid not null,
  report_ref text not null,
  family text not null,
  leg text not null,
  operation_id text,
  provider_ref text not null,
  amount numeric(78) not null,
  fee numeric(78) not null,
  currency text not null,
  business_on date not null,
  occurred_at timestamptz not null,
  surcharge numeric(78) not null,
  original_amount numeric(78),
  original_currency text,
  fx_rate numeric
);
create index run_left_line_run on run_left_line (tenant_id, run_id);
-- What each batch adds up to.
create unlogged table run_batch (
  tenant_id text not null,
  run_id text not null,
  batch_ref text not null,
  currency text not null,
  net numeric not null,
  line_count bigint not null,
  last_on date not null,
  primary key (tenant_id, run_id, batch_ref, currency)
);
-- The pairs, and our legs without a line: those that agree as sums, each of the others for itself.
create unlogged table run_pair (
  tenant_id text not null,
  run_id text not null,
  -- Of a line; null for our legs without one.
  currency text,
  our_currency text not null,
  explanation text,
  leg text not null,
  -- Whose pair it is, when it is told.
  file_id uuid,
  line_number integer,
  line_key uuid,
  operation_id text,
  is_different boolean not null,
  is_late boolean not null,
  pairs bigint not null,
  amount numeric,
  ours numeric not null,
  fee numeric,
  our_fee numeric not null,
  -- By how much the lines are above and below, in how many pairs; and their fees.
  off bigint not null,
  more numeric not null,
  less numeric not null,
  fee_off bigint not null,
  fee_more numeric not null,
  fee_less numeric not null
);
create index run_pair_run on run_pair (tenant_id, run_id);

-- Which state of each of the provider's files is stored here. One that was fetched when its day was over, and
-- still has the same edition, is not fetched again.
create table provider_file (
  tenant_id text not null,
  provider text not null,
  connection_id text not null,
  kind text not null check (kind in ('settlement', 'statement')),
  report_ref text not null,
  business_on date not null,
  edition text,
  content_hash text not null,
  fetched_at timestamptz not null,
  primary key (tenant_id, provider, connection_id, kind, report_ref)
);

-- Parts go when nobody can need them any more; the verdict on the file stays.
alter table received_file_part add column kept_at timestamptz not null default now();

grant select, insert, delete on fetched_file, fetched_part, run_left_line, run_batch, run_pair to :"service";
grant select, insert, update on provider_file to :"service";
grant delete on received_file_part to :"service";
