-- Payouts to their full depth, checkout sessions. See note.md.

alter table payout
  add column assignee        text,
  -- Until when somebody should have decided, and until when it should be paid.
  add column review_deadline timestamptz,
  add column sla_breach_at   timestamptz;
update payout
   set review_deadline = created_at + interval '1 day',
       sla_breach_at   = created_at + interval '3 days',
       state = jsonb_build_object(
                 'revision', 1, 'revisedBy', requested_by, 'assignee', null, 'holdReason', null,
                 'refusedBookings', '[]'::jsonb, 'holdEndedByOthers', null,
                 'reviewDeadline', to_char((created_at + interval '1 day') at time zone 'UTC',
                                           'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                 'slaBreachAt', to_char((created_at + interval '3 days') at time zone 'UTC',
                                        'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
               || state
               || jsonb_build_object('approvals', (
                    select coalesce(jsonb_agg(jsonb_build_object('role', 'approver', 'revision', 1) || given
                                              order by place), '[]'::jsonb)
                      from jsonb_array_elements(state -> 'approvals')
                             with ordinality as element (given, place)));
alter table payout
  alter column review_deadline set not null,
  alter column sla_breach_at set not null;
grant update (assignee) on payout to :"service";

create index payout_by_provider on payout (tenant_id, provider, payout_id desc);
create index payout_by_customer on payout (tenant_id, customer_id, payout_id desc);
create index payout_by_requester on payout (tenant_id, requested_by, payout_id desc);
create index payout_by_assignee on payout (tenant_id, assignee, payout_id desc) where assignee is not null;
create index payout_by_amount on payout (tenant_id, amount_minor);
-- Few at any time: what may be stuck.
create index payout_open on payout (tenant_id, payout_id desc)
  where status not in ('paid', 'rejected', 'canceled', 'failed', 'returned');

-- What each edit made of a payout. Whoever approves names the revision, its hash and its author, and the key
-- below holds them to it.
create table payout_revision (
  tenant_id    text        not null,
  payout_id    text        not null,
  revision     integer     not null check (revision > 0),
  payload_hash text        not null,
  revised_by   text        not null,
  revised_at   timestamptz not null default now(),
  primary key (tenant_id, payout_id, revision),
  unique (tenant_id, payout_id, revision, payload_hash, revised_by),
  foreign key (tenant_id, payout_id) references payout (tenant_id, payout_id)
);
grant select, insert on payout_revision to :"service";
insert into payout_revision (tenant_id, payout_id, revision, payload_hash, revised_by, revised_at)
  select tenant_id, payout_id, 1, state ->> 'payloadHash', requested_by, created_at from payout;

alter table payout_approval
  add column role       text    not null default 'approver',
  add column revision   integer not null default 1,
  add column revised_by text;
update payout_approval set revised_by = requested_by;
alter table payout_approval
  alter column role drop default,
  alter column revision drop default,
  alter column revised_by set not null,
  drop constraint payout_approval_pkey,
  -- A person approves each revision at most once.
  add primary key (tenant_id, payout_id, revision, approved_by),
  add foreign key (tenant_id, payout_id, revision, payload_hash, revised_by)
    references payout_revision (tenant_id, payout_id, revision, payload_hash, revised_by),
  add constraint payout_approval_not_own_edit check (approved_by <> revised_by);

-- Refused because somebody else had ended the hold, and made good by another booking: nobody is called.
alter table booking add column made_good boolean not null default false;
grant update (made_good) on booking to :"service";
create index booking_refused on booking (tenant_id, owner_id) where state = 'refused' and not made_good;

create table checkout_session (
  tenant_id          text          not null,
  session_id         text          not null,
  -- In the page's address, so whoever knows it may pay: from a random source, never logged, not in the
  -- events.
  token              text          not null check (length(token) >= 43),
  merchant_reference text          not null,
  -- SHA-256 of what was asked for: the same reference with another body is refused.
  fingerprint        bytea         not null,
  customer_id        text          not null,
  intent_id          text,
  amount_minor       numeric(78,0) not null check (amount_minor >= 0),
  currency           text          not null check (currency ~ '^[A-Z]{3}$'),
  status             text          not null check (status in ('open', 'complete', 'expired')),
  payment_status     text          not null
    check (payment_status in ('unpaid', 'paid', 'no_payment_required')),
  state              jsonb         not null,
  version            bigint        not null,
  expires_at         timestamptz   not null,
  -- When the job looks (again) whether it has expired; set only while it is open.
  expire_due_at      timestamptz,
  created_at         timestamptz   not null default now(),
  updated_at         timestamptz   not null default now(),
  primary key (tenant_id, session_id),
  unique (tenant_id, token),
  unique (tenant_id, merchant_reference),
  constraint checkout_session_due check ((status = 'open') = (expire_due_at is not null)),
  constraint checkout_session_complete check ((status = 'complete') = (payment_status <> 'unpaid'))
);
create unique index checkout_session_by_intent on checkout_session (tenant_id, intent_id)
  where intent_id is not null;
create index checkout_session_expiring on checkout_session (tenant_id, expire_due_at)
  where expire_due_at is not null;
grant select, insert on checkout_session to :"service";
grant update (status, payment_status, state, version, expire_due_at, updated_at) on checkout_session
  to :"service";
