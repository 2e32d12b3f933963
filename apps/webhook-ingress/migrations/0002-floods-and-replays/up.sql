-- Refused requests, counted by the hour. Anybody can send one, so none has a row of its own.
create table webhook_refusal (
  tenant_id text not null,
  provider text not null,
  connection_id text not null,
  reason text not null check (length(reason) <= 40),
  hour_at timestamptz not null,
  refused bigint not null check (refused > 0),
  primary key (tenant_id, provider, connection_id, reason, hour_at)
);

-- A few of them as examples. The key bounds them: twenty of a connection in an hour, whatever comes and
-- however many replicas write.
create table webhook_refusal_sample (
  tenant_id text not null,
  provider text not null,
  connection_id text not null,
  hour_at timestamptz not null,
  slot smallint not null check (slot between 0 and 19),
  id text not null,
  reason text not null check (length(reason) <= 40),
  source text not null,
  path text not null,
  headers jsonb not null,
  -- Its beginning; `body_length` is what came.
  body bytea not null check (octet_length(body) <= 4096),
  body_length integer not null,
  refused_at timestamptz not null,
  primary key (tenant_id, provider, connection_id, hour_at, slot)
);

-- How often each signing key verified a request: a key that isn't used any more may go.
create table signing_key_use (
  tenant_id text not null,
  provider text not null,
  connection_id text not null,
  key_id text not null,
  uses bigint not null check (uses > 0),
  first_used_at timestamptz not null,
  last_used_at timestamptz not null,
  primary key (tenant_id, provider, connection_id, key_id)
);

grant select, insert, delete, update (refused) on webhook_refusal to :"service";
grant select, insert, delete on webhook_refusal_sample to :"service";
grant select, insert, update (uses, last_used_at) on signing_key_use to :"service";
