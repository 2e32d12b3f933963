-- What the ledger's entries add up to, beside what its events do.
alter table scan_balance
  add column entry_input numeric(78) not null default 0,
  add column entry_output numeric(78) not null default 0;
