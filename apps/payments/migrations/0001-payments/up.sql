-- Tables of payments. Truth is in stream_event (platform); these are read rows, queues and constraints that
-- commit
-- with it. The first column of every key is the tenant.

create table payment_intent (
  tenant_id          text          not null,
  intent_id          text          not null,
  merchant_reference text          not null,
  -- SHA-256 of what was asked for: the same reference with another body is refused.
  fingerprint        bytea         not null,
  customer_id        text          not null,
  amount_minor       numeric(78,0) not null check (amount_minor > 0),
  currency           text          not null check (currency ~ '^[A-Z]{3}$'),
  status             text          not null,
  -- The aggregate as JSON, amounts as text.
  state              jsonb         not null,
  version            bigint        not null,
  created_at         timestamptz   not null default now(),
  updated_at         timestamptz   not null default now(),
  primary key (tenant_id, intent_id),
  unique (tenant_id, merchant_reference)
);
create index payment_intent_by_status on payment_intent (tenant_id, status, intent_id desc);
create index payment_intent_by_customer on payment_intent (tenant_id, customer_id, intent_id desc);
grant select, insert on payment_intent to :"service";
grant update (status, state, version, updated_at) on payment_intent to :"service";

create table payout (
  tenant_id       text          not null,
  payout_id       text          not null,
  customer_id     text          not null,
  amount_minor    numeric(78,0) not null check (amount_minor > 0),
  currency        text          not null check (currency ~ '^[A-Z]{3}$'),
  provider        text          not null,
  requested_by    text          not null,
  status          text          not null,
  state           jsonb         not null,
  version         bigint        not null,
  -- When the ledger is asked (again) for the hold; set only while `reserving`.
  reserve_due_at  timestamptz,
  created_at      timestamptz   not null default now(),
  updated_at      timestamptz   not null default now(),
  primary key (tenant_id, payout_id),
  unique (tenant_id, payout_id, requested_by),
  constraint payout_reserve_due check (status = 'reserving' or reserve_due_at is null)
);
create index payout_by_status on payout (tenant_id, status, payout_id desc);
create index payout_reserving on payout (tenant_id, reserve_due_at) where reserve_due_at is not null;
grant select, insert on payout to :"service";
grant update (status, state, version, reserve_due_at, updated_at) on payout to :"service";

-- One row per Idempotency-Key of POST /v1/payouts, claimed before the ledger is asked; see note.md.
create table payout_request (
  tenant_id       text        not null,
  idempotency_key text        not null,
  fingerprint     bytea       not null,
  payout_id       text        not null,
  -- The answer, once there is one; the same for ever.
  answer          jsonb,
  created_at      timestamptz not null default now(),
  primary key (tenant_id, idempotency_key),
  unique (tenant_id, payout_id),
  -- Deferred: the key is claimed first, the payout is written only by who got it.
  foreign key (tenant_id, payout_id) references payout (tenant_id, payout_id) deferrable initially deferred
);
grant select, insert, update (answer) on payout_request to :"service";

create table payout_approval (
  tenant_id    text        not null,
  payout_id    text        not null,
  approved_by  text        not null,
  requested_by text        not null,
  payload_hash text        not null,
  note         text        not null,
  approved_at  timestamptz not null default now(),
  primary key (tenant_id, payout_id, approved_by),
  -- Through this key nobody can pretend that another person asked.
  foreign key (tenant_id, payout_id, requested_by) references payout (tenant_id, payout_id, requested_by),
  constraint payout_approval_two_people check (approved_by <> requested_by)
);
grant select, insert on payout_approval to :"service";

-- Calls to providers: what to do next with each, and who is doing it.
create table operation (
  tenant_id     text          not null,
  operation_id  text          not null,
  -- The intent or payout that it belongs to.
  owner_id      text          not null,
  kind          text          not null,
  provider      text          not null,
  connection_id text          not null,
  customer_id   text          not null,
  amount_minor  numeric(78,0) not null check (amount_minor > 0),
  currency      text          not null,
  reference     text          not null,
  instrument    text,
  metadata      jsonb         not null,
  result        text          not null,
  provider_ref  text,
  next_step     text          check (next_step in ('send', 'look_up')),
  due_at        timestamptz   not null default now(),
  -- Fencing: a runner that lost its lease changes nothing here.
  lease_number  integer       not null default 0,
  leased        boolean       not null default false,
  sends         integer       not null default 0,
  lookups       integer       not null default 0,
  not_found     boolean       not null default false,
  alarmed_at    timestamptz,
  created_at    timestamptz   not null default now(),
  updated_at    timestamptz   not null default now(),
  primary key (tenant_id, operation_id)
);
create index operation_due on operation (tenant_id, due_at) where next_step is not null;
create index operation_by_owner on operation (tenant_id, owner_id);
create index operation_by_provider_ref on operation (tenant_id, connection_id, provider_ref)
  where provider_ref is not null;
create index operation_alarmed on operation (tenant_id, alarmed_at) where alarmed_at is not null;
grant select, insert, update on operation to :"service";

-- Everything ever observed about an operation, also what changed nothing.
create table observation (
  tenant_id      text        not null,
  operation_id   text        not null,
  observation_id text        not null,
  source         text        not null check (source in ('answer', 'webhook', 'lookup', 'report')),
  result         text        not null,
  -- Whether it added anything to what was known.
  is_news        boolean     not null,
  detail         jsonb       not null,
  observed_at    timestamptz not null default clock_timestamp(),
  primary key (tenant_id, operation_id, observation_id)
);
grant select, insert on observation to :"service";

-- What the ledger was asked to book, and its answer. The id is the command's idempotency key.
create table booking (
  tenant_id    text        not null,
  booking_id   text        not null,
  owner_id     text        not null,
  operation_id text,
  kind         text        not null check (kind in ('deposit', 'post', 'void', 'late_debit', 'return')),
  state        text        not null default 'requested' check (state in ('requested', 'booked', 'refused')),
  sequence     bigint,
  refusal      text,
  requested_at timestamptz not null default clock_timestamp(),
  answered_at  timestamptz,
  primary key (tenant_id, booking_id),
  constraint booking_answer check (
    (state = 'requested' and sequence is null and refusal is null) or
    (state = 'booked' and sequence is not null and refusal is null) or
    (state = 'refused' and sequence is null and refusal is not null))
);
create index booking_by_owner on booking (tenant_id, owner_id);
create index booking_open on booking (tenant_id, requested_at) where state <> 'booked';
grant select, insert on booking to :"service";
grant update (state, sequence, refusal, answered_at) on booking to :"service";

-- Provider events about operations that we don't know (yet).
create table parked_event (
  tenant_id     text        not null,
  event_id      text        not null,
  connection_id text        not null,
  operation_id  text,
  provider_ref  text,
  reason        text        not null,
  event         jsonb       not null,
  tries         integer     not null default 0,
  due_at        timestamptz not null default now(),
  parked_at     timestamptz not null default now(),
  resolved_at   timestamptz,
  primary key (tenant_id, event_id)
);
create index parked_event_due on parked_event (tenant_id, due_at) where resolved_at is null;
grant select, insert, update (tries, due_at, resolved_at, reason) on parked_event to :"service";
