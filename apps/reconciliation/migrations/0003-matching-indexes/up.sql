-- outside a transaction: the tables are large, and writes go on meanwhile

-- A run that was ended halfway leaves an invalid index behind: it is made anew.
drop index concurrently if exists report_line_batch;
create index concurrently report_line_batch on report_line (tenant_id, provider, connection_id, batch_ref);

-- Payouts that hang and charges made twice are looked for among operations by their result.
drop index concurrently if exists operation_by_result;
create index concurrently operation_by_result
  on operation (tenant_id, provider, connection_id, result, occurred_at);
