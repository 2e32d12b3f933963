-- What reconciliation asks for: a batch of settlement lines with the figures that an approver decides about.
alter table settlement
  add column if not exists batch_ref text,
  -- {"grossMinor": "…", "feesMinor": …}: as the message had them.
  add column if not exists batch jsonb,
  -- What the provider kept beyond what was booked when the operations were captured; below zero: less.
  add column if not exists fee_difference_minor numeric(78,0) not null default 0,
  -- Who handed in the files that it follows from: none of them may approve it.
  add column if not exists evidence_by text[] not null default '{}',
  -- Another settlement that may be the same transfer under another name.
  add column if not exists similar_to text,
  add column if not exists automatic boolean not null default false;
create unique index if not exists settlement_of_batch
  on settlement (tenant_id, connection_id, batch_ref, currency) where batch_ref is not null;
alter table settlement
  add constraint settlement_not_by_its_evidence
    check (approved_by is null or not approved_by = any (evidence_by)) not valid,
  add constraint settlement_batch_whole check ((batch_ref is null) = (batch is null)) not valid,
  -- Without a person only what the settings let through, and only a batch.
  add constraint settlement_automatic_batch
    check (not automatic or (batch_ref is not null and approved_at is not null and approved_by is null))
    not valid;
alter table settlement validate constraint settlement_not_by_its_evidence;
alter table settlement validate constraint settlement_batch_whole;
alter table settlement validate constraint settlement_automatic_batch;

-- Batches that weren't taken, and why; each until one of its name is.
create table if not exists settlement_refusal (
  tenant_id     text        not null,
  connection_id text        not null,
  batch_ref     text        not null,
  currency      text        not null,
  message_id    text        not null,
  reason        text        not null,
  batch         jsonb       not null,
  refused_at    timestamptz not null default clock_timestamp(),
  resolved_at   timestamptz,
  primary key (tenant_id, connection_id, batch_ref, currency)
);
grant select, insert, update on settlement_refusal to :"service";
