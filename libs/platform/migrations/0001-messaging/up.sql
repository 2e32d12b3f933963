-- Messages to be published, written in the transaction of their effect.
create table outbox (
  tenant_id    text        not null,
  message_id   text        not null,
  -- Carries the order of one key: whoever writes for a key holds that key's row lock. Between keys there is
  -- no order, and numbers become visible out of order, so nothing is ever read as “greater than the last
  -- one”.
  position     bigint      not null generated always as identity,
  topic        text        not null,
  key          text        not null,
  type         text        not null,
  subject      text,
  traceparent  text,
  body         text        not null,
  created_at   timestamptz not null default clock_timestamp(),
  published_at timestamptz,
  primary key (tenant_id, message_id)
);
create index outbox_unpublished on outbox (position) where published_at is null;
create index outbox_published on outbox (published_at) where published_at is not null;
grant select, insert, delete on outbox to :"service";
grant update (published_at) on outbox to :"service";

-- Messages whose effect is committed: one row is one effect.
create table inbox (
  tenant_id   text        not null,
  consumer    text        not null,
  message_id  text        not null,
  received_at timestamptz not null default now(),
  primary key (tenant_id, consumer, message_id)
);
grant select, insert on inbox to :"service";

-- The last applied number of a gapless stream of messages.
create table consumer_position (
  tenant_id  text        not null,
  consumer   text        not null,
  stream     text        not null,
  sequence   bigint      not null,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, consumer, stream)
);
grant select, insert, update on consumer_position to :"service";

-- Event-sourced aggregates: the row of stream is locked first and numbers the events.
create table stream (
  tenant_id text   not null,
  stream_id text   not null,
  version   bigint not null check (version > 0),
  primary key (tenant_id, stream_id)
);
grant select, insert, update on stream to :"service";

create table stream_event (
  tenant_id   text        not null,
  stream_id   text        not null,
  version     bigint      not null check (version > 0),
  type        text        not null,
  payload     jsonb       not null,
  actor       text        not null,
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, stream_id, version)
);
grant select, insert on stream_event to :"service";
