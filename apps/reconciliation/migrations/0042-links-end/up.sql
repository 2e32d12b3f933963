-- A person's word about a line may be taken back; the row stays, and a line and an operation are free again.
alter table manual_link
  add column link_id uuid not null default gen_random_uuid(),
  add column revoked_at timestamptz,
  add column revoked_by text,
  add column revoke_note text,
  add constraint manual_link_revoked check ((revoked_at is null) = (revoked_by is null));
alter table manual_link drop constraint manual_link_pkey;
alter table manual_link add primary key (tenant_id, link_id);
alter table manual_link drop constraint manual_link_operation;
create unique index manual_link_operation on manual_link (tenant_id, operation_id, leg)
  where revoked_at is null;
create unique index manual_link_line on manual_link (tenant_id, provider, connection_id, line_key)
  where revoked_at is null;
create index manual_link_finding on manual_link (tenant_id, finding_id);
grant update (revoked_at, revoked_by, revoke_note) on manual_link to :"service";
