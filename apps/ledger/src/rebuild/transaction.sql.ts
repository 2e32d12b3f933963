import { lastMetadata, metadataCommands } from './metadata.sql.js';

/** Transactions as they were created. */
export const FOLD_NEW_TRANSACTIONS = `
insert into rebuilt_transaction (ledger_id, transaction_id, sequence, status, effective_at, reference,
  expires_at, reverts, metadata)
select e.ledger_id, (t ->> 'id')::bigint, e.sequence, coalesce(t ->> 'status', 'posted'),
  (t ->> 'timestamp')::timestamptz, t ->> 'reference', (t ->> 'expiresAt')::timestamptz,
  (t ->> 'reverts')::bigint, coalesce((t -> 'metadata')::jsonb, '{}')
from event e cross join lateral (select e.payload -> 'transaction') as made (t)
where e.ledger_id = $1 and e.sequence > $2 and e.sequence <= $3
  and e.type in ('TransactionCreated', 'TransactionReverted')`;

/** Which of them were reverted. */
export const FOLD_REVERTED = `
update rebuilt_transaction set reverted_by = (e.payload -> 'transaction' ->> 'id')::bigint
from event e
where e.ledger_id = $1 and e.sequence > $2 and e.sequence <= $3 and e.type = 'TransactionReverted'
  and rebuilt_transaction.ledger_id = $1
  and rebuilt_transaction.transaction_id = (e.payload ->> 'revertedTransactionId')::bigint`;

/** How holds ended. A hold of which something is kept stays pending. */
export const FOLD_ENDED = `
update rebuilt_transaction set status = case e.type
  when 'HoldPosted' then 'captured' when 'HoldVoided' then 'voided' else 'expired' end
from event e
where e.ledger_id = $1 and e.sequence > $2 and e.sequence <= $3
  and (e.type in ('HoldVoided', 'HoldExpired')
    or e.type = 'HoldPosted' and (e.payload ->> 'closed')::boolean)
  and rebuilt_transaction.ledger_id = $1
  and rebuilt_transaction.transaction_id = (e.payload ->> 'transactionId')::bigint`;

export const FOLD_TRANSACTION_METADATA = `
with ${lastMetadata(metadataCommands('transaction', 'id'))}
update rebuilt_transaction set metadata = (metadata - change.removed) || change.added
from change
where rebuilt_transaction.ledger_id = $1 and rebuilt_transaction.transaction_id = change.id::bigint`;
