-- The figures of each batch as payments was last told them. The same again is no message.
create table if not exists told_settlement (
  tenant_id text not null,
  provider text not null,
  connection_id text not null,
  batch_ref text not null,
  currency text not null,
  -- Of the figures, in hex.
  digest text not null,
  -- Grows with each change; the end of the message's id.
  version integer not null check (version > 0),
  run_id text not null,
  told_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, provider, connection_id, batch_ref, currency)
);
grant select, insert, update on told_settlement to :"service";
