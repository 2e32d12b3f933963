-- A settlement is asked for by one and approved by another person, of exactly what was seen.
alter table settlement
  add column payload_hash  text,
  add column approved_by   text,
  add column approved_hash text,
  add column approved_at   timestamptz;
-- Those of before were booked when they were asked for.
update settlement set approved_at = created_at;
alter table settlement
  -- A process of before writes neither: it would book at once, and what it booked could be asked for again.
  add constraint settlement_shown check (payload_hash is not null or approved_at is not null),
  add constraint settlement_two_people check (approved_by <> requested_by),
  add constraint settlement_as_seen check (approved_by is null or approved_hash = payload_hash),
  add constraint settlement_approval_whole
    check ((approved_by is null) = (approved_hash is null)
       and (approved_by is null or (approved_at is not null and payload_hash is not null)));
-- Who asked, and for what, is never changed.
grant update (approved_by, approved_hash, approved_at) on settlement to :"service";
