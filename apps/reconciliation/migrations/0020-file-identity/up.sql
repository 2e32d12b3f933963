-- outside a transaction: the table is large, and writes go on meanwhile

-- A version of a report is known by what it is a version of (connection, kind, name), its content, and how
-- that was read: other bytes, or the same bytes by another mapping, are another version. Unset in rows from
-- before.
alter table report_file add column if not exists read_as text;

-- Of each report one version counts; a statement and a settlement file of one name are two reports.
drop index concurrently if exists report_file_current_of_kind;
create unique index concurrently report_file_current_of_kind
  on report_file (tenant_id, provider, connection_id, kind, report_ref) where superseded_by is null;
drop index concurrently if exists report_file_current;

-- The same content may be a version of several reports, at different times.
drop index concurrently if exists report_file_content;
create index concurrently report_file_content
  on report_file (tenant_id, provider, connection_id, content_hash);
alter table report_file
  drop constraint if exists report_file_tenant_id_provider_connection_id_content_hash_key;

-- What became of a file that was handed in: [{"name": …, "outcome": …, "lines": …, "known_as": …}].
alter table received_file add column if not exists reports jsonb;
