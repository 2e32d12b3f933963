-- What changes money takes two people: one proposes entries for a finding, another approves exactly these.
create table proposal (
  tenant_id text not null,
  proposal_id text not null,
  finding_id text not null,
  kind text not null check (kind in ('correct', 'take_back')),
  resolution text not null check (resolution in ('post_adjustment', 'write_off')),
  -- The newest one; its content is in proposal_revision.
  revision integer not null check (revision > 0),
  status text not null check (status in ('proposed', 'approved', 'booking', 'unknown', 'booked', 'refused',
    'rejected', 'withdrawn', 'expired', 'voided')),
  -- The facts of the finding that it was made for.
  evidence text not null,
  proposed_by text not null,
  proposed_at timestamptz not null,
  expires_at timestamptz not null,
  -- The correction that this one reverts.
  takes_back text,
  -- The revision whose approval holds.
  approved_revision integer,
  -- The run after the approval that must see the difference again, how often one was asked for, and when the
  -- next may be.
  confirming_run text,
  looks integer not null default 0,
  look_due_at timestamptz,
  -- How often the ledger was asked, who may ask from when on, and why its answer isn't known.
  asks integer not null default 0,
  lease_until timestamptz,
  unknown_because text,
  transaction_id bigint,
  sequence bigint,
  ended_at timestamptz,
  ended_by text,
  end_reason text,
  primary key (tenant_id, proposal_id),
  foreign key (tenant_id, finding_id) references finding (tenant_id, id),
  constraint proposal_kind check ((kind = 'take_back') = (takes_back is not null)),
  -- Money moves only by an approval that holds for exactly what is booked.
  constraint proposal_approved check (status not in ('approved', 'booking', 'unknown', 'booked', 'refused')
    or approved_revision is not distinct from revision),
  constraint proposal_booked check ((status = 'booked') = (transaction_id is not null)),
  constraint proposal_over
    check ((status in ('proposed', 'approved', 'booking', 'unknown')) = (ended_at is null))
);
-- One at a time: two corrections of one difference are one too many.
create unique index proposal_open on proposal (tenant_id, finding_id)
  where status in ('proposed', 'approved', 'booking', 'unknown');
create unique index proposal_taken_back on proposal (tenant_id, takes_back) where status = 'booked';
create index proposal_of_finding on proposal (tenant_id, finding_id, proposed_at);
create index proposal_due on proposal (tenant_id, status)
  where status in ('proposed', 'approved', 'booking', 'unknown');
create index proposal_ended on proposal (tenant_id, ended_at);

-- All that an approver decides about, for ever.
create table proposal_revision (
  tenant_id text not null,
  proposal_id text not null,
  revision integer not null check (revision > 0),
  payload_hash text not null check (payload_hash ~ '^[0-9a-f]{64}$'),
  -- [{"source": "…", "destination": "…", "amount": "1250", "asset": "TRY/2"}]
  entries jsonb not null,
  amount numeric(78) not null check (amount > 0),
  reason text not null,
  revised_by text not null,
  revised_at timestamptz not null,
  primary key (tenant_id, proposal_id, revision),
  foreign key (tenant_id, proposal_id) references proposal (tenant_id, proposal_id),
  unique (tenant_id, proposal_id, revision, payload_hash, revised_by)
);

-- Who approved what, for ever; after an edit it is of an older revision, and holds no longer.
create table proposal_approval (
  tenant_id text not null,
  proposal_id text not null,
  revision integer not null,
  payload_hash text not null,
  proposed_by text not null,
  approved_by text not null,
  note text not null,
  approved_at timestamptz not null,
  primary key (tenant_id, proposal_id, revision),
  constraint approval_two_people check (approved_by <> proposed_by),
  constraint approval_as_seen foreign key (tenant_id, proposal_id, revision, payload_hash, proposed_by)
    references proposal_revision (tenant_id, proposal_id, revision, payload_hash, revised_by)
);
alter table proposal add constraint proposal_approval
  foreign key (tenant_id, proposal_id, approved_revision)
  references proposal_approval (tenant_id, proposal_id, revision);

alter table finding
  add column proposal_id text,
  -- What was booked for it and not taken back, in the smallest unit.
  add column corrected numeric(78) not null default 0 check (corrected >= 0),
  -- The difference isn't seen any more, though something was booked or is being booked for it.
  add column is_gone boolean not null default false,
  -- The run that saw it last; `last_seen_by` is also a run for which it is still early.
  add column observed_by text;
-- Also against processes of before: they know no proposals, and would close the finding under one.
alter table finding
  add constraint finding_proposal check ((status = 'proposed') = (proposal_id is not null)) not valid;
alter table finding validate constraint finding_proposal;

-- Which operation a line is, because a person says so; a line and an operation's leg are used once. The key
-- of a line is the same in a re-issued report.
create table manual_link (
  tenant_id text not null,
  provider text not null,
  connection_id text not null,
  line_key uuid not null,
  leg text not null check (leg in ('payment', 'return')),
  operation_id text not null,
  finding_id text not null,
  linked_by text not null,
  note text not null,
  linked_at timestamptz not null,
  primary key (tenant_id, provider, connection_id, line_key),
  constraint manual_link_operation unique (tenant_id, operation_id, leg)
);
alter table match drop constraint match_pass_check;
alter table match add constraint match_pass_check check (pass between 0 and 7) not valid;
alter table match validate constraint match_pass_check;

grant select, insert on manual_link to :"service";
grant select, insert on proposal, proposal_revision, proposal_approval to :"service";
grant update (revision, status, expires_at, approved_revision, confirming_run, looks, look_due_at, asks,
  lease_until, unknown_because, transaction_id, sequence, ended_at, ended_by, end_reason)
  on proposal to :"service";
