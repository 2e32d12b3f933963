-- The operation that this one is about: of a refund or dispute the charge. Null where payments names none,
-- and of what was kept before this column was.
alter table operation add column parent_operation_id text;
