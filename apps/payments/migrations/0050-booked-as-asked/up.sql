-- outside a transaction: the indexes are made while the service writes. Every statement may run again.

-- What stands in the ledger may be found by its name: then its transaction is known, and not its event.
alter table booking drop constraint if exists booking_answer;
alter table booking add constraint booking_answer check (
  (state = 'requested' and sequence is null and refusal is null) or
  (state = 'booked' and (sequence is not null or transaction_id is not null) and refusal is null) or
  (state = 'refused' and sequence is null and refusal is not null)) not valid;
alter table booking validate constraint booking_answer;

drop index concurrently if exists booking_settled;
create index concurrently booking_settled on booking (tenant_id, ask_due_at nulls first)
  where kind = 'settlement' and state = 'booked';
drop index concurrently if exists booking_unsettled;
create index concurrently booking_unsettled on booking (tenant_id, owner_id)
  where kind = 'settlement' and state = 'refused';
