-- What the ledger's entries add up to, beside what its events do. A sum of amounts may be longer than any of
-- them: the ledger has no limit for it, and a scan must not break on it.
alter table scan_balance
  alter column input type numeric,
  alter column output type numeric,
  add column entry_input numeric not null default 0,
  add column entry_output numeric not null default 0;
