-- Lines of reports wait like provider events for an operation that we don't know (yet).
alter table parked_event add column if not exists source text not null default 'webhook';
alter table parked_event drop constraint if exists parked_event_source;
alter table parked_event add constraint parked_event_source check (source in ('webhook', 'report')) not valid;
alter table parked_event validate constraint parked_event_source;
