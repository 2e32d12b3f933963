-- What providers sent, exactly as it came. Every key begins with the tenant.

create table webhook_request (
  tenant_id text not null,
  id text not null,
  provider text not null,
  connection_id text not null,
  path text not null,
  headers jsonb not null,
  body bytea not null,
  body_sha256 bytea not null check (octet_length(body_sha256) = 32),
  verified boolean not null,
  -- The key whose signature matched, or why none did.
  key_id text,
  refused_because text,
  status text not null check (status in ('accepted', 'unverified', 'unparseable')),
  unreadable_because text,
  event_count integer not null check (event_count >= 0),
  received_at timestamptz not null,
  primary key (tenant_id, id),
  check (verified = (key_id is not null)),
  check (verified = (refused_because is null)),
  check (verified = (status <> 'unverified')),
  check (unreadable_because is null or event_count = 0)
);

-- Without an event there is no unique key: the same bytes are then kept once.
create unique index webhook_request_without_event
  on webhook_request (tenant_id, provider, connection_id, verified, body_sha256) where event_count = 0;
create index webhook_request_of_provider on webhook_request (tenant_id, provider, id);
create index webhook_request_with_trouble on webhook_request (tenant_id, status, id)
  where status <> 'accepted';

-- One row per event, for ever: where a signature covers no time, only this key stops a replay.
-- `verified` is part of the key, so that a forged event (possible while enforcement is off) can't take the
-- place of the real one.
create table webhook_event (
  tenant_id text not null,
  provider text not null,
  connection_id text not null,
  verified boolean not null,
  unique_key text not null check (length(unique_key) between 1 and 1000),
  id text not null,
  request_id text not null,
  provider_event_id text not null,
  provider_type text not null,
  -- A batch repeats an event among others: its bytes are then compared by content, otherwise by the whole
  -- body.
  batch boolean not null,
  body_sha256 bytea not null check (octet_length(body_sha256) = 32),
  content_sha256 bytea not null check (octet_length(content_sha256) = 32),
  received_at timestamptz not null,
  primary key (tenant_id, provider, connection_id, verified, unique_key),
  foreign key (tenant_id, request_id) references webhook_request (tenant_id, id)
);
create index webhook_event_of_request on webhook_event (tenant_id, request_id);

-- The same unique key with other bytes: kept for people, never published as an event.
create table webhook_conflict (
  tenant_id text not null,
  provider text not null,
  connection_id text not null,
  verified boolean not null,
  unique_key text not null,
  -- The digest of what differed: the body, or in a batch the event's content.
  digest bytea not null check (octet_length(digest) = 32),
  id text not null,
  request_id text not null,
  provider_event_id text not null,
  provider_type text not null,
  batch boolean not null,
  body_sha256 bytea not null check (octet_length(body_sha256) = 32),
  received_at timestamptz not null,
  primary key (tenant_id, provider, connection_id, verified, unique_key, digest),
  foreign key (tenant_id, provider, connection_id, verified, unique_key)
    references webhook_event (tenant_id, provider, connection_id, verified, unique_key),
  foreign key (tenant_id, request_id) references webhook_request (tenant_id, id)
);
create index webhook_conflict_of_request on webhook_conflict (tenant_id, request_id);

-- Who had a stored request read and published again.
create table webhook_replay (
  tenant_id text not null,
  id text not null,
  request_id text not null,
  actor text not null,
  key_id text not null,
  published integer not null check (published > 0),
  replayed_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, request_id) references webhook_request (tenant_id, id)
);
create index webhook_replay_of_request on webhook_replay (tenant_id, request_id);

-- What was received is evidence: the service can add and read, nothing else.
grant select, insert on webhook_request, webhook_event, webhook_conflict, webhook_replay to :"service";
