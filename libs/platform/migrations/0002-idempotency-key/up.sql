-- The outcome of each request that carried an Idempotency-Key, kept for ever: a key repeated after years
-- still gives its first answer. Written and read by key only.
create table idempotency_key (
  tenant_id   text not null,
  key         text not null,
  fingerprint bytea not null,
  status      smallint,
  body        text,
  created_at  timestamptz not null default now(),
  constraint idempotency_key_pk primary key (tenant_id, key),
  constraint idempotency_key_answered check ((status is null) = (body is null))
);

grant select, insert, update (status, body) on idempotency_key to :"service";
