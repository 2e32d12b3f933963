/**
 * What commands found out about the balance source that a tenant moves away from: first that they would have
 * been refused, then figures that differ.
 */
export const FOLD_MISMATCHES = `
insert into rebuilt_mismatch (ledger_id, sequence, part, kind, origin, transaction_id, account, asset,
  expected, actual, refusal, recorded_at)
select e.ledger_id, e.sequence, 0, 'refusal', 'command', (e.payload -> 'transaction' ->> 'id')::bigint,
  null, null, null, null, (e.payload -> 'transaction' -> 'wouldRefuse')::jsonb, e.recorded_at
from event e
where e.ledger_id = $1 and e.sequence > $2 and e.sequence <= $3
  and e.payload -> 'transaction' -> 'wouldRefuse' is not null
union all
select e.ledger_id, e.sequence,
  found.ordinality - case when e.payload -> 'transaction' -> 'wouldRefuse' is null then 1 else 0 end,
  'balance', 'command', (e.payload -> 'transaction' ->> 'id')::bigint,
  found.value ->> 0, found.value ->> 1, (found.value ->> 2)::numeric, (found.value ->> 3)::numeric,
  null, e.recorded_at
from event e cross join lateral json_array_elements(e.payload -> 'mismatches') with ordinality as found
where e.ledger_id = $1 and e.sequence > $2 and e.sequence <= $3`;
