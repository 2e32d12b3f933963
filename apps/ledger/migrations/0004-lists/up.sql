-- outside a transaction: indexes are made while the service writes. Every statement may run again.

-- Addresses sort by their bytes on every machine, so that a prefix of an address is a range of the key.
alter table account alter column address type text collate "C";
alter table balance alter column account type text collate "C", alter column asset type text collate "C";

-- One number for a metadata pair of a ledger, one for a name alone. The length keeps name and value apart.
create or replace function metadata_term(ledger integer, name text, value text default null)
returns bigint language sql immutable parallel safe
return hashtextextended(
  ledger || case when value is null then '?' || name else '=' || length(name) || ':' || name || value end, 0);

-- What the metadata of a row can be found by. The cost keeps it behind cheaper conditions, and is no higher
-- than that: nearly every row fails one of those first.
create or replace function metadata_terms(ledger integer, metadata jsonb)
returns bigint[] language sql immutable parallel safe cost 20
return (select coalesce(array_agg(terms.term), '{}') from jsonb_each_text(metadata) as pair (name, value)
  cross join lateral (values
    (metadata_term(ledger, pair.name, pair.value)), (metadata_term(ledger, pair.name))) as terms (term));

-- Rows without metadata pay nothing. Without the pending list no commit pays for another's, and no search
-- reads it.
drop index concurrently if exists transaction_metadata;
create index concurrently transaction_metadata
  on transaction using gin (metadata_terms(ledger_id, metadata)) with (fastupdate = off)
  where metadata is not null and metadata <> '{}';
drop index concurrently if exists account_metadata;
create index concurrently account_metadata
  on account using gin (metadata_terms(ledger_id, metadata)) with (fastupdate = off)
  where metadata <> '{}';

-- Lists by effective time. Transactions of one commit mostly share it, which a B-tree stores once.
drop index concurrently if exists transaction_effective;
create index concurrently transaction_effective on transaction (ledger_id, effective_at);

-- What is rare can be listed without reading past everything else.
drop index concurrently if exists transaction_hold;
create index concurrently transaction_hold on transaction (ledger_id, status, transaction_id)
  where status <> 'posted';
drop index concurrently if exists transaction_reverted;
create index concurrently transaction_reverted on transaction (ledger_id, transaction_id)
  where reverted_by is not null;
drop index concurrently if exists event_rare;
create index concurrently event_rare on event (ledger_id, type, sequence)
  where type <> 'TransactionCreated';

-- Holds of an account; a hold has no postings until it is posted.
drop index concurrently if exists hold_source;
create index concurrently hold_source on hold (ledger_id, source, transaction_id);
drop index concurrently if exists hold_destination;
create index concurrently hold_destination on hold (ledger_id, destination, transaction_id);
