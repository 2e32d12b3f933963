-- A job that ran, runs or will run. Times of leases are the database's.
create table job_run (
  tenant_id text not null,
  run_id text not null,
  job text not null,
  -- What it is about, in the tenant's zone.
  business_on date not null,
  -- What makes it once: the business date, or the beginning of the minutes it stands for.
  slot text not null,
  -- 1; each repetition that somebody wanted, or that a failure makes necessary, takes the next.
  round integer not null check (round > 0),
  status text not null check (status in ('queued', 'running', 'done', 'failed')),
  requested_by text not null,
  requested_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  -- Each start of a process on the run takes a new number; what an older start writes is refused.
  attempt integer not null default 0,
  lease_until timestamptz,
  -- How far it is; the next start goes on from here.
  progress jsonb not null default '{}',
  result jsonb,
  found bigint,
  failure_code text,
  failure_detail text,
  primary key (tenant_id, run_id),
  unique (tenant_id, job, slot, round),
  check ((status in ('done', 'failed')) = (finished_at is not null)),
  check ((status = 'failed') = (failure_code is not null)),
  check (status <> 'done' or result is not null)
);
-- Two of the same job at once: one runs.
create unique index job_run_active on job_run (tenant_id, job) where status in ('queued', 'running');
create index job_run_newest on job_run (tenant_id, job, run_id desc);
create index job_run_success on job_run (tenant_id, job, finished_at desc) where status = 'done';

-- What the events say an account must hold, added up by a scan that is under way; scratch of its run.
create table scan_balance (
  tenant_id text not null,
  run_id text not null,
  account text not null collate "C",
  asset text not null collate "C",
  input numeric(78) not null,
  output numeric(78) not null,
  primary key (tenant_id, run_id, account, asset)
);

-- Up to where a job has read a ledger's events from the ledger itself, because the topic was late.
create table journal_reach (
  tenant_id text not null,
  ledger text not null,
  sequence bigint not null,
  primary key (tenant_id, ledger)
);

-- A report as it was made: content only, pages are written from it.
create table report (
  tenant_id text not null,
  kind text not null check (kind in ('daily', 'settlement', 'capacity')),
  business_on date not null,
  version integer not null check (version > 0),
  run_id text not null,
  -- Until when it looks; the next report begins here.
  as_of timestamptz not null,
  made_at timestamptz not null,
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  content jsonb not null,
  primary key (tenant_id, kind, business_on, version)
);

-- One statement per account of a ledger: its movements in the order of the ledger.
create index if not exists journal_entry_source on journal_entry (tenant_id, ledger, source, asset, sequence);
create index if not exists journal_entry_destination
  on journal_entry (tenant_id, ledger, destination, asset, sequence);
create index if not exists operation_open on operation (tenant_id, occurred_at)
  where result in ('sending', 'pending', 'unknown', 'errored');
create index if not exists operation_of_day on operation (tenant_id, business_on);
create index if not exists finding_change_at on finding_change (tenant_id, changed_at);
create index if not exists finding_closed on finding (tenant_id, closed_at);

-- Jobs see things that neither a run nor an event looks for again. Whatever else is allowed by now stays so.
do $$
declare
  allowed text;
begin
  select pg_get_constraintdef(oid) into strict allowed from pg_constraint
   where conname = 'finding_origin_check' and conrelid = 'finding'::regclass;
  alter table finding drop constraint finding_origin_check;
  execute 'alter table finding add constraint finding_origin_check '
    || replace(allowed, 'ARRAY[', 'ARRAY[''job''::text, ');
end $$;

grant select, insert, update, delete on job_run to :"service";
grant select, insert, update on journal_reach to :"service";
grant select, insert, update, delete on scan_balance to :"service";
grant select, insert on report to :"service";
