-- Webhooks to tenants. Every key begins with the tenant.

create table webhook_endpoint (
  tenant_id       text        not null,
  id              text        not null,
  url             text        not null check (length(url) between 1 and 2000),
  description     text        not null,
  event_types     text[]      not null check (cardinality(event_types) between 1 and 50),
  -- Names in clear, values sealed: they may hold a password.
  header_names    text[]      not null,
  headers_sealed  text        not null,
  concurrency     integer     not null check (concurrency between 1 and 100),
  status          text        not null check (status in ('enabled', 'disabled', 'deleted')),
  disabled_reason text        check (disabled_reason in ('by_request', 'gone', 'failing')),
  disabled_at     timestamptz,
  -- Since when no attempt succeeded, when the last one failed, since when answers take long: written only
  -- when they change.
  failing_since   timestamptz,
  last_failed_at  timestamptz,
  slow_since      timestamptz,
  created_at      timestamptz not null default clock_timestamp(),
  updated_at      timestamptz not null default clock_timestamp(),
  primary key (tenant_id, id),
  check ((status = 'disabled') = (disabled_reason is not null)),
  check ((disabled_reason is null) = (disabled_at is null))
);
create index webhook_endpoint_live on webhook_endpoint (tenant_id, id) where status <> 'deleted';

create table webhook_secret (
  tenant_id   text        not null,
  endpoint_id text        not null,
  id          text        not null,
  scheme      text        not null check (scheme in ('v1', 'v1a')),
  sealed      text        not null,
  -- Only of v1a: what receivers verify with.
  public_key  text,
  created_at  timestamptz not null default clock_timestamp(),
  -- Signs until then; null signs until it is replaced.
  expires_at  timestamptz,
  primary key (tenant_id, endpoint_id, id),
  foreign key (tenant_id, endpoint_id) references webhook_endpoint (tenant_id, id),
  check ((scheme = 'v1a') = (public_key is not null))
);

-- The last status of an object that events were about: it tells `payout.paid` from `payout.updated`.
create table webhook_object (
  tenant_id  text        not null,
  kind       text        not null,
  id         text        not null,
  version    bigint      not null,
  status     text        not null,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, kind, id)
);
create index webhook_object_by_age on webhook_object (tenant_id, updated_at);

-- One row per event that some endpoint asks for. The body is what is sent, letter for letter.
create table webhook_message (
  tenant_id       text        not null,
  id              text        not null,
  source          text        not null,
  source_event_id text        not null,
  type            text        not null,
  body            text        not null,
  occurred_at     timestamptz not null,
  created_at      timestamptz not null default clock_timestamp(),
  primary key (tenant_id, id),
  unique (tenant_id, source, source_event_id)
);
create index webhook_message_by_time on webhook_message (tenant_id, created_at, id);

create table webhook_delivery (
  tenant_id    text        not null,
  id           text        not null,
  endpoint_id  text        not null,
  message_id   text        not null,
  type         text        not null,
  state        text        not null
    check (state in ('pending', 'sending', 'delivered', 'dead', 'canceled')),
  -- Why the last attempt failed.
  reason       text,
  -- Attempts since the ladder began; each lease counts, so that one that kills its worker ends too.
  tries        integer     not null default 0 check (tries >= 0),
  -- The fencing number, and the number of the attempt.
  lease_number integer     not null default 0 check (lease_number >= 0),
  leased_at    timestamptz,
  -- When it may be taken: of `pending` its time, of `sending` the end of the lease.
  due_at       timestamptz,
  created_at   timestamptz not null default clock_timestamp(),
  closed_at    timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, message_id, endpoint_id),
  foreign key (tenant_id, endpoint_id) references webhook_endpoint (tenant_id, id),
  foreign key (tenant_id, message_id) references webhook_message (tenant_id, id),
  check ((due_at is not null) = (state in ('pending', 'sending'))),
  check ((closed_at is null) = (state in ('pending', 'sending')))
);
-- The queue: what is due at an endpoint, and which endpoints have anything open.
create index webhook_delivery_open on webhook_delivery (tenant_id, endpoint_id, due_at)
  where due_at is not null;
create index webhook_delivery_of_endpoint on webhook_delivery (tenant_id, endpoint_id, id);
create index webhook_delivery_dead on webhook_delivery (tenant_id, id) where state = 'dead';
create index webhook_delivery_unfinished on webhook_delivery (tenant_id, id) where due_at is not null;

create table webhook_attempt (
  tenant_id        text        not null,
  delivery_id      text        not null,
  number           integer     not null check (number > 0),
  started_at       timestamptz not null,
  duration_ms      integer     not null check (duration_ms >= 0),
  url              text        not null,
  request_headers  jsonb       not null,
  detail           text,
  status           integer,
  failure          text,
  response_headers jsonb,
  response_body    bytea,
  response_cut     boolean     not null,
  primary key (tenant_id, delivery_id, number),
  foreign key (tenant_id, delivery_id) references webhook_delivery (tenant_id, id) on delete cascade,
  check ((status is null) = (failure is not null))
);

create table webhook_replay (
  tenant_id    text        not null,
  id           text        not null,
  endpoint_id  text        not null,
  from_at      timestamptz not null,
  to_at        timestamptz not null,
  only_failed  boolean     not null,
  rate         integer     not null check (rate between 1 and 1000),
  actor        text        not null,
  state        text        not null check (state in ('running', 'done', 'canceled')),
  -- The place in the range: everything up to it was sent on.
  done_at      timestamptz not null,
  done_id      text        not null default '',
  seen         integer     not null default 0,
  queued       integer     not null default 0,
  due_at       timestamptz,
  created_at   timestamptz not null default clock_timestamp(),
  ended_at     timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, endpoint_id) references webhook_endpoint (tenant_id, id),
  check (from_at < to_at),
  check ((state = 'running') = (due_at is not null)),
  check ((state = 'running') = (ended_at is null))
);
create index webhook_replay_due on webhook_replay (tenant_id, due_at) where due_at is not null;

grant select, insert, update on webhook_endpoint, webhook_object, webhook_delivery, webhook_replay
  to :"service";
grant select, insert, delete on webhook_secret to :"service";
grant update (expires_at) on webhook_secret to :"service";
grant select, insert, delete on webhook_message, webhook_attempt to :"service";
grant delete on webhook_delivery, webhook_object, webhook_replay to :"service";
