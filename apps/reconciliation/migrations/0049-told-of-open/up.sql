-- outside a transaction: the tables are large, and writes go on meanwhile

-- What lines say of operations whose money hasn't moved, and of what came back, is told after each run: few
-- of the rows of a connection, which without these are looked for among all of them.
drop index concurrently if exists operation_not_moved;
create index concurrently operation_not_moved on operation (tenant_id, provider, connection_id, operation_id)
  where result in ('sending', 'errored', 'unknown', 'pending', 'declined', 'failed');

drop index concurrently if exists match_of_return;
create index concurrently match_of_return on match (tenant_id, provider, connection_id, operation_id)
  where leg = 'return';
