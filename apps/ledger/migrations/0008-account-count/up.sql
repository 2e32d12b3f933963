-- outside a transaction: the index is made while the service writes. Every statement may run again.

-- How many accounts a ledger has, without reading them all: a count up to a sequence, and an index over what
-- came after it.
drop index concurrently if exists account_first_use;
create index concurrently account_first_use on account (ledger_id, first_sequence);

create table if not exists account_count (
  ledger_id integer primary key,
  up_to bigint not null,
  accounts bigint not null check (accounts >= 0)
);
grant select, insert, update on account_count to :"service";

-- One statement, so one state: the accounts are those up to that sequence.
insert into account_count (ledger_id, up_to, accounts)
select ledger_id, sequence,
  (select count(*) from account where account.ledger_id = ledger_head.ledger_id)
from ledger_head
on conflict do nothing;
