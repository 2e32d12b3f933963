/** The rows of what moved: postings of a posted transaction, and the captured parts of a hold. */
export const FOLD_POSTINGS = `
insert into rebuilt_posting (ledger_id, sequence, position, transaction_id, effective_at,
  source, destination, asset, amount)
select e.ledger_id, e.sequence, part.ordinality - 1,
  coalesce(e.payload -> 'transaction' ->> 'id', e.payload ->> 'transactionId')::bigint,
  coalesce((e.payload -> 'transaction' ->> 'timestamp')::timestamptz, e.recorded_at),
  part.value ->> 0, part.value ->> 1, part.value ->> 2, (part.value ->> 3)::numeric
from event e
cross join lateral json_array_elements(
  coalesce(e.payload -> 'transaction' -> 'postings', e.payload -> 'postings')) with ordinality as part
where e.ledger_id = $1 and e.sequence > $2 and e.sequence <= $3
  and case e.type
    when 'HoldPosted' then part.value ->> 3 <> '0'
    when 'TransactionCreated' then e.payload -> 'transaction' ->> 'status' is null
    else e.type = 'TransactionReverted' end`;
