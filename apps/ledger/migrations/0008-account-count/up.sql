-- How many accounts a ledger has, without reading them all: a count up to a sequence, and an index over what
-- came after it.
create index account_first_use on account (ledger_id, first_sequence);

create table account_count (
  ledger_id integer primary key,
  up_to bigint not null,
  accounts bigint not null check (accounts >= 0)
);

insert into account_count (ledger_id, up_to, accounts)
select ledger_id, sequence,
  (select count(*) from account where account.ledger_id = ledger_head.ledger_id)
from ledger_head;

grant select, insert, update on account_count to :"service";
