-- What payments was told of a matched line: once per line and content, for ever.
create table if not exists told_observation (
  tenant_id text not null,
  -- Made from the line's key and what it says of the operation.
  observation_id uuid not null,
  operation_id text not null,
  leg text not null check (leg in ('payment', 'return')),
  line_key uuid not null,
  result text not null check (result in ('succeeded', 'returned')),
  run_id text not null,
  told_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, observation_id)
);
create index if not exists told_observation_of_operation on told_observation (tenant_id, operation_id);
grant select, insert on told_observation to :"service";
