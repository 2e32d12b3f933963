-- outside a transaction: indexes are made while the service writes. Every statement may run again.

-- Each connection has a queue of its own: one that hangs doesn't stand before the others.
drop index concurrently if exists operation_due_by_connection;
create index concurrently operation_due_by_connection on operation (tenant_id, connection_id, due_at)
  where next_step is not null;

-- Events that the clock tries no more (`infinity`) are out of the queue's index.
drop index concurrently if exists parked_event_to_try;
create index concurrently parked_event_to_try on parked_event (tenant_id, due_at)
  where resolved_at is null and due_at < 'infinity';

-- What the two above replace.
drop index concurrently if exists operation_due;
drop index concurrently if exists parked_event_due;
