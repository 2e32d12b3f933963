-- Every key begins with the tenant. Amounts are minor units.

-- One version of a provider's report. The same bytes are the same file: `file_id` is made from their hash.
create table report_file (
  tenant_id text not null,
  file_id uuid not null,
  provider text not null,
  connection_id text not null,
  report_ref text not null,
  content_hash text not null check (content_hash ~ '^[0-9a-f]{64}$'),
  business_on date not null,
  byte_count bigint not null check (byte_count >= 0),
  line_count integer not null check (line_count >= 0),
  -- Per currency: {"TRY": {"lines": 3, "amount": "1000", "fee": "25"}}
  totals jsonb not null,
  ingested_by text not null,
  ingested_at timestamptz not null,
  -- The version of the same report that replaced this one; the lines of a replaced version no longer count.
  superseded_by uuid,
  primary key (tenant_id, file_id),
  unique (tenant_id, provider, connection_id, content_hash)
);
create unique index report_file_current
  on report_file (tenant_id, provider, connection_id, report_ref) where superseded_by is null;

create table report_line (
  tenant_id text not null,
  file_id uuid not null,
  line_number integer not null check (line_number > 0),
  -- The same for the same line of a re-issued report; part of a finding's identity.
  line_key uuid not null,
  line_hash text not null check (line_hash ~ '^[0-9a-f]{64}$'),
  provider text not null,
  connection_id text not null,
  report_ref text not null,
  kind text not null,
  family text not null,
  leg text not null check (leg in ('payment', 'return')),
  operation_id text,
  provider_ref text not null,
  amount numeric(78) not null check (amount >= 0),
  fee numeric(78) not null check (fee >= 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  status text not null,
  -- The provider's business date, and the instant.
  business_on date not null,
  occurred_at timestamptz not null,
  raw text not null,
  primary key (tenant_id, file_id, line_number),
  unique (tenant_id, file_id, line_key)
);
create index report_line_operation on report_line (tenant_id, operation_id) where operation_id is not null;
create index report_line_reference on report_line (tenant_id, provider_ref);

-- Our operations as payments last told them; the newest version of the aggregate wins.
create table operation (
  tenant_id text not null,
  operation_id text not null,
  aggregate_id text not null,
  aggregate_version bigint not null check (aggregate_version > 0),
  provider text not null,
  connection_id text not null,
  customer_id text not null,
  kind text not null,
  family text not null,
  result text not null,
  amount numeric(78) not null check (amount >= 0),
  fee numeric(78) not null check (fee >= 0),
  currency text not null,
  provider_ref text,
  ledger_reference text,
  business_on date not null,
  occurred_at timestamptz not null,
  primary key (tenant_id, operation_id)
);
create index operation_of_connection on operation (tenant_id, provider, connection_id, provider_ref);
create index operation_booking on operation (tenant_id, ledger_reference) where ledger_reference is not null;

-- The ledger's postings. `posted` and `captured` moved money; `held` and `released` did not.
create table journal_entry (
  tenant_id text not null,
  ledger text not null,
  sequence bigint not null check (sequence > 0),
  posting_number integer not null check (posting_number >= 0),
  transaction_id bigint not null,
  movement text not null check (movement in ('posted', 'held', 'captured', 'released')),
  reference text,
  reverts bigint,
  source text not null,
  destination text not null,
  amount numeric(78) not null check (amount >= 0),
  asset text not null,
  recorded_at timestamptz not null,
  primary key (tenant_id, ledger, sequence, posting_number)
);
create index journal_entry_booking on journal_entry (tenant_id, reference)
  where reference is not null and movement in ('posted', 'captured');
create index journal_entry_transaction on journal_entry (tenant_id, ledger, transaction_id);

-- Which line is which operation. Both ends are unique: a line is used once, an operation once per leg.
create table match (
  tenant_id text not null,
  file_id uuid not null,
  line_number integer not null,
  line_key uuid not null,
  operation_id text not null,
  leg text not null check (leg in ('payment', 'return')),
  provider text not null,
  connection_id text not null,
  pass smallint not null check (pass between 1 and 7),
  rule_version smallint not null,
  explanation text not null check (explanation in ('exact', 'net-of-fee', 'differs')),
  run_id text not null,
  primary key (tenant_id, file_id, line_number),
  unique (tenant_id, operation_id, leg)
);

-- One row per connection; each step of a run locks and moves it first, so that steps of a connection never
-- overlap.
create table reconciled_connection (
  tenant_id text not null,
  provider text not null,
  connection_id text not null,
  steps bigint not null default 0,
  primary key (tenant_id, provider, connection_id)
);

create table run (
  tenant_id text not null,
  run_id text not null,
  provider text not null,
  connection_id text not null,
  -- Up to and with this date; null means everything.
  business_on date,
  as_of timestamptz not null,
  -- What happened later than these may still be on its way: to the provider's report, to us.
  settled_before timestamptz not null,
  known_before timestamptz not null,
  status text not null check (status in ('queued', 'ingesting', 'matching', 'classifying', 'completed',
    'failed')),
  requested_by text not null,
  requested_at timestamptz not null,
  finished_at timestamptz,
  -- Each start of a worker on the run takes a new number; a step of an older start is refused.
  attempt integer not null default 0,
  lease_until timestamptz,
  counts jsonb not null default '{}',
  failure_code text,
  failure_detail text,
  primary key (tenant_id, run_id),
  check ((status in ('completed', 'failed')) = (finished_at is not null)),
  check ((status = 'failed') = (failure_code is not null))
);
create unique index run_active on run (tenant_id, provider, connection_id, business_on) nulls not distinct
  where status in ('queued', 'ingesting', 'matching', 'classifying');
create index run_newest on run (tenant_id, run_id desc);
create index run_finished on run (tenant_id, provider, connection_id, run_id desc) where status = 'completed';

-- What matching left over, frozen with the facts it saw, until the run has classified it.
create table run_residue (
  tenant_id text not null,
  run_id text not null,
  residue_number integer not null,
  kind text not null,
  -- Within the normal lag: no finding yet, but a finding that exists isn't over either.
  expected boolean not null,
  leg text,
  matched_by text,
  line jsonb,
  operation jsonb,
  booked jsonb,
  primary key (tenant_id, run_id, residue_number)
);

create table finding (
  tenant_id text not null,
  id text not null,
  -- sha256 of (tenant, provider, type, sorted keys); `id` is its beginning.
  identity text not null check (identity ~ '^[0-9a-f]{64}$'),
  provider text not null,
  connection_id text not null,
  player_id text,
  tx_id text,
  provider_event_id text,
  provider_ref text,
  finding_type text not null,
  severity text not null check (severity in ('LOW', 'MED', 'HIGH')),
  status text not null check (status in
    ('open', 'acknowledged', 'in_progress', 'proposed', 'reopened', 'resolved', 'accepted_risk',
      'auto_resolved')),
  message text not null,
  action text not null check (action in ('retry', 'manual_review', 'escalate')),
  action_sentence text not null,
  risk_inputs jsonb not null,
  -- Digest of the facts; a decision holds as long as it stays the same.
  evidence text not null,
  raw jsonb not null,
  -- What looks for it again: runs, the provider's next event, or the next version of the report.
  origin text not null check (origin in ('run', 'event', 'report')),
  business_on date,
  first_seen_by text not null,
  last_seen_by text not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  version integer not null check (version > 0),
  resolution text,
  resolution_note text,
  closed_by text,
  closed_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, identity),
  check ((status in ('resolved', 'accepted_risk', 'auto_resolved')) = (closed_at is not null))
);
create index finding_newest on finding (tenant_id, first_seen_at desc, id desc);
create index finding_by_status on finding (tenant_id, status, first_seen_at desc, id desc);
create index finding_by_severity on finding (tenant_id, severity, first_seen_at desc, id desc);
create index finding_by_type on finding (tenant_id, finding_type, first_seen_at desc, id desc);
create index finding_live on finding (tenant_id, provider, connection_id)
  where status in ('open', 'acknowledged', 'in_progress', 'proposed', 'reopened');

-- The history of a finding, one row per event, for ever.
create table finding_change (
  tenant_id text not null,
  finding_id text not null,
  version integer not null check (version > 0),
  event jsonb not null,
  status text not null,
  changed_at timestamptz not null,
  primary key (tenant_id, finding_id, version)
);

grant select, insert on report_file, report_line, journal_entry, finding_change to :"service";
grant update (superseded_by) on report_file to :"service";
grant select, insert, update on operation, reconciled_connection, run, finding to :"service";
grant select, insert, delete on match, run_residue to :"service";
