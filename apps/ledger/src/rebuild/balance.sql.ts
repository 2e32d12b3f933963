/**
 * Adds to the rebuilt balances what events `$2` < sequence ≤ `$3` of ledger `$1` moved, and by how much they
 * changed what is reserved. A hold's posted part leaves the reserve together with what is given back. Each
 * payload is parsed once (jsonb): as json, every operator would read its text again, which is most of the
 * work.
 */
export const FOLD_BALANCES = `
with entry as materialized (
  select e.type, e.payload::jsonb as payload from event e
  where e.ledger_id = $1 and e.sequence > $2 and e.sequence <= $3),
part as materialized (
  select posting.value ->> 0 as source, posting.value ->> 1 as destination, posting.value ->> 2 as asset,
    (posting.value ->> 3)::numeric as amount,
    case when entry.type = 'HoldPosted'
      then (entry.payload -> 'released' ->> (posting.ordinality - 1)::integer)::numeric end as released,
    case when entry.type in ('HoldVoided', 'HoldExpired') then 'ended'
      when entry.type = 'HoldPosted' then 'captured'
      else coalesce(entry.payload -> 'transaction' ->> 'status', 'posted') end as kind
  from entry cross join lateral jsonb_array_elements(
    coalesce(entry.payload -> 'transaction' -> 'postings', entry.payload -> 'postings'))
    with ordinality as posting),
movement as (
  select source, destination, asset,
    case when kind in ('posted', 'captured') then amount else 0 end as moved,
    case kind when 'posted' then 0 when 'pending' then amount
      else -amount - coalesce(released, 0) end as reserved
  from part),
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
  pending_in = known.pending_in + excluded.pending_in,
  pending_out = known.pending_out + excluded.pending_out`;
