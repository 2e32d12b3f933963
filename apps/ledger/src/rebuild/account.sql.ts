import { lastMetadata, metadataCommands } from './metadata.sql.js';

/** Metadata that came with a transaction, as rows of (id, key, value, sequence). */
const WITH_TRANSACTIONS = `
select account.key as id, entry.key, entry.value, e.sequence
from event e
cross join lateral json_each(e.payload -> 'transaction' -> 'accountMetadata') as account
cross join lateral json_each_text(account.value) as entry
where e.ledger_id = $1 and e.sequence > $2 and e.sequence <= $3 and e.type = 'TransactionCreated'`;

/** Accounts by the first event that names them; a deletion of metadata opens none. */
export const FOLD_NEW_ACCOUNTS = `
with named as (
  select unnest(array[part.value ->> 0, part.value ->> 1]) as address, e.sequence, e.recorded_at
  from event e
  cross join lateral json_array_elements(
    coalesce(e.payload -> 'transaction' -> 'postings', e.payload -> 'postings')) as part
  where e.ledger_id = $1 and e.sequence > $2 and e.sequence <= $3
  union all
  select account.key, e.sequence, e.recorded_at
  from event e cross join lateral json_each(e.payload -> 'transaction' -> 'accountMetadata') as account
  where e.ledger_id = $1 and e.sequence > $2 and e.sequence <= $3 and e.type = 'TransactionCreated'
  union all
  select e.payload -> 'target' ->> 'address', e.sequence, e.recorded_at
  from event e
  where e.ledger_id = $1 and e.sequence > $2 and e.sequence <= $3
    and e.type = 'MetadataSet' and e.payload -> 'target' ->> 'kind' = 'account')
insert into rebuilt_account (ledger_id, address, first_sequence, inserted_at, metadata)
select distinct on (address) $1::integer, address, sequence, recorded_at, '{}'::jsonb
from named order by address, sequence
on conflict (ledger_id, address) do nothing`;

export const FOLD_ACCOUNT_METADATA = `
with ${lastMetadata(`${WITH_TRANSACTIONS} union all ${metadataCommands('account', 'address')}`)}
update rebuilt_account set metadata = (metadata - change.removed) || change.added
from change
where rebuilt_account.ledger_id = $1 and rebuilt_account.address = change.id`;
