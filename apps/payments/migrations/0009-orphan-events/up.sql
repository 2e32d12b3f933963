-- When an event that fits no operation was told to reconciliation: once.
alter table parked_event add column reported_at timestamptz;
create index parked_event_unreported on parked_event (tenant_id, parked_at)
  where resolved_at is null and reported_at is null;
-- What is resolved is history; the event itself stays with the ingress for ever.
create index parked_event_resolved on parked_event (tenant_id, resolved_at) where resolved_at is not null;
grant update (reported_at), delete on parked_event to :"service";
