-- How many lines weren't like ours when a batch was told: one with none is read again only when a file comes.
-- Of rows from before nobody knows; they are told once more, with the bank's bookings.
alter table told_settlement add column if not exists unlike integer not null default 1;

-- Since when a version of a report counts; one that comes back does so anew.
alter table report_file add column if not exists counts_since timestamptz not null default now();
grant update (counts_since) on report_file to :"service";
