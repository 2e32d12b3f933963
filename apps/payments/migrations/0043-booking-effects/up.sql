-- outside a transaction: the index is made while the service writes. Every statement may run again.

alter table booking
  -- Digest of what the ledger does when it books it; null of those that a process of before asked for.
  add column if not exists effect text,
  -- The ledger's number of what was booked.
  add column if not exists transaction_id bigint;
grant update (transaction_id) on booking to :"service";

drop index concurrently if exists booking_of_transaction;
create index concurrently booking_of_transaction on booking (tenant_id, transaction_id)
  where kind = 'settlement' and transaction_id is not null;

-- Transactions that the ledger has reverted, until it is known whether a settlement had booked them.
create table if not exists ledger_reversal (
  tenant_id      text        not null,
  ledger         text        not null,
  transaction_id bigint      not null,
  reverted_by    bigint      not null,
  noted_at       timestamptz not null default clock_timestamp(),
  primary key (tenant_id, ledger, transaction_id)
);
grant select, insert, delete on ledger_reversal to :"service";
grant update (noted_at) on ledger_reversal to :"service";
