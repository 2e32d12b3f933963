-- outside a transaction: the index is made while the service writes. Every statement may run again.

alter table proposal
  -- The transaction that reverted in the ledger what this one booked, without two people here.
  add column if not exists reverted_by bigint,
  add column if not exists reverted_at timestamptz;
grant update (reverted_by, reverted_at) on proposal to :"service";

-- Which proposal a transaction is of.
create index if not exists proposal_of_transaction on proposal (tenant_id, transaction_id)
  where transaction_id is not null;
-- A correction is taken back once; a reversal that was reverted itself is none.
create unique index if not exists proposal_taken_back_now on proposal (tenant_id, takes_back)
  where status = 'booked' and reverted_by is null;
drop index if exists proposal_taken_back;

-- Which transaction reverted another one.
drop index concurrently if exists journal_entry_reverts;
create index concurrently journal_entry_reverts on journal_entry (tenant_id, ledger, reverts)
  where reverts is not null;
