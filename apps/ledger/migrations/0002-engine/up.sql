-- Rises with every commit of a writer, also with one that only refused: what was read at one revision is
-- decided and written at the same one, or decided anew.
alter table ledger_head add column revision bigint not null default 0;
