-- outside a transaction: indexes are made while the service writes. Every statement may run again.

-- How often the ledger was asked what became of a booking, and when it is asked again.
alter table booking
  add column if not exists asks       integer not null default 0,
  add column if not exists ask_due_at timestamptz;
grant update (asks, ask_due_at) on booking to :"service";
drop index concurrently if exists booking_requested;
create index concurrently booking_requested on booking (tenant_id, requested_at) where state = 'requested';

-- What an operation finds that appears, or shows on its timeline: by its id or by the provider's.
drop index concurrently if exists parked_event_by_operation;
create index concurrently parked_event_by_operation
  on parked_event (tenant_id, connection_id, operation_id) where operation_id is not null;
drop index concurrently if exists parked_event_by_provider_ref;
create index concurrently parked_event_by_provider_ref
  on parked_event (tenant_id, connection_id, provider_ref) where provider_ref is not null;
