-- Refunds, settlements, calls to providers, and what operations of captures, releases and refunds need.

alter table operation add column parent_operation_id text;
alter table operation add column return_url text;

-- One refund per Idempotency-Key, written with the step that takes its amount out of what can be given back.
create table refund (
  tenant_id       text          not null,
  refund_id       text          not null,
  intent_id       text          not null,
  idempotency_key text          not null,
  -- SHA-256 of what was asked for: the same key with another body is refused.
  fingerprint     bytea         not null,
  amount_minor    numeric(78,0) not null check (amount_minor > 0),
  currency        text          not null check (currency ~ '^[A-Z]{3}$'),
  status          text          not null,
  -- The refund within its intent's state, and its call, as JSON; amounts as text.
  state           jsonb         not null,
  -- Of the intent, after the step that changed it last.
  version         bigint        not null,
  -- The answer to the request, once there is one; the same for ever.
  answer          jsonb,
  -- When the ledger is asked (again) for the hold; set only while `reserving`.
  reserve_due_at  timestamptz,
  created_at      timestamptz   not null default now(),
  updated_at      timestamptz   not null default now(),
  primary key (tenant_id, refund_id),
  unique (tenant_id, idempotency_key),
  foreign key (tenant_id, intent_id) references payment_intent (tenant_id, intent_id),
  constraint refund_reserve_due check (status = 'reserving' or reserve_due_at is null)
);
create index refund_by_intent on refund (tenant_id, intent_id, refund_id desc);
create index refund_by_status on refund (tenant_id, status, refund_id desc);
create index refund_reserving on refund (tenant_id, reserve_due_at) where reserve_due_at is not null;
grant select, insert on refund to :"service";
grant update (status, state, version, answer, reserve_due_at, updated_at) on refund to :"service";

-- Every send and look-up, noted before it is made; its answer is the observation with the same number.
create table provider_call (
  tenant_id    text        not null,
  operation_id text        not null,
  lease_number integer     not null,
  step         text        not null check (step in ('send', 'look_up')),
  started_at   timestamptz not null default clock_timestamp(),
  primary key (tenant_id, operation_id, lease_number)
);
grant select, insert on provider_call to :"service";

-- Collected money that the provider paid out to the bank; one per reference.
create table settlement (
  tenant_id     text          not null,
  settlement_id text          not null,
  connection_id text          not null,
  reference     text          not null,
  amount_minor  numeric(78,0) not null check (amount_minor > 0),
  currency      text          not null check (currency ~ '^[A-Z]{3}$'),
  requested_by  text          not null,
  created_at    timestamptz   not null default now(),
  primary key (tenant_id, settlement_id),
  unique (tenant_id, connection_id, reference)
);
create index settlement_by_connection on settlement (tenant_id, connection_id, settlement_id desc);
grant select, insert on settlement to :"service";

alter table booking drop constraint booking_kind_check;
alter table booking add constraint booking_kind_check
  check (kind in ('deposit', 'post', 'void', 'late_debit', 'return', 'hold', 'loss', 'settlement')) not valid;
-- Validated in 0004-booking-kinds, so that the scan keeps nobody out.
