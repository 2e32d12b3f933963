/** The postings of holds that were made. */
export const FOLD_NEW_HOLDS = `
insert into rebuilt_hold (ledger_id, transaction_id, position, source, destination, asset,
  amount, captured, remaining)
select e.ledger_id, (e.payload -> 'transaction' ->> 'id')::bigint, part.ordinality - 1,
  part.value ->> 0, part.value ->> 1, part.value ->> 2,
  (part.value ->> 3)::numeric, 0, (part.value ->> 3)::numeric
from event e
cross join lateral json_array_elements(e.payload -> 'transaction' -> 'postings') with ordinality as part
where e.ledger_id = $1 and e.sequence > $2 and e.sequence <= $3
  and e.type = 'TransactionCreated' and e.payload -> 'transaction' ->> 'status' = 'pending'`;

/** What was captured of them and given back. */
export const FOLD_CHANGED_HOLDS = `
with part as (
  select (e.payload ->> 'transactionId')::bigint as transaction_id, part.ordinality - 1 as position,
    case when e.type = 'HoldPosted' then (part.value ->> 3)::numeric else 0 end as captured,
    (part.value ->> 3)::numeric
      + coalesce((e.payload -> 'released' ->> (part.ordinality - 1)::integer)::numeric, 0) as taken
  from event e
  cross join lateral json_array_elements(e.payload -> 'postings') with ordinality as part
  where e.ledger_id = $1 and e.sequence > $2 and e.sequence <= $3
    and e.type in ('HoldPosted', 'HoldVoided', 'HoldExpired')),
change as (
  select transaction_id, position, sum(captured) as captured, sum(taken) as taken
  from part group by transaction_id, position)
update rebuilt_hold set
  captured = rebuilt_hold.captured + change.captured, remaining = rebuilt_hold.remaining - change.taken
from change
where rebuilt_hold.ledger_id = $1
  and rebuilt_hold.transaction_id = change.transaction_id and rebuilt_hold.position = change.position`;
