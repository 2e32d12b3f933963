/**
 * The movements of events `$2` < sequence ≤ `$3` of ledger `$1`: what each posting moved, and by how much it
 * changed what is reserved. A hold's posted part leaves the reserve together with what is given back.
 */
const MOVEMENTS = `
select part.value ->> 0 as source, part.value ->> 1 as destination, part.value ->> 2 as asset,
  case when e.type in ('HoldVoided', 'HoldExpired') or e.payload -> 'transaction' ->> 'status' = 'pending'
    then 0 else (part.value ->> 3)::numeric end as moved,
  case
    when e.type in ('HoldVoided', 'HoldExpired') then -(part.value ->> 3)::numeric
    when e.type = 'HoldPosted' then -(part.value ->> 3)::numeric
      - coalesce((e.payload -> 'released' ->> (part.ordinality - 1)::integer)::numeric, 0)
    when e.payload -> 'transaction' ->> 'status' = 'pending' then (part.value ->> 3)::numeric
    else 0 end as reserved
from event e
cross join lateral json_array_elements(
  coalesce(e.payload -> 'transaction' -> 'postings', e.payload -> 'postings')) with ordinality as part
where e.ledger_id = $1 and e.sequence > $2 and e.sequence <= $3`;

/** Adds what the events moved to the rebuilt balances. */
export const FOLD_BALANCES = `
with movement as materialized (${MOVEMENTS}),
change as (
  select source as account, asset, 0::numeric as input, moved as output,
    0::numeric as pending_in, reserved as pending_out from movement
  union all
  select destination, asset, moved, 0, reserved, 0 from movement)
insert into rebuilt_balance as known (ledger_id, account, asset, input, output, pending_in, pending_out)
select $1, account, asset, sum(input), sum(output), sum(pending_in), sum(pending_out)
from change group by account, asset
on conflict (ledger_id, account, asset) do update set
  input = known.input + excluded.input, output = known.output + excluded.output,
  pending_in = known.pending_in + excluded.pending_in, pending_out = known.pending_out + excluded.pending_out`;
