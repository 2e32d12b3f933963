/**
 * Adds to the rebuilt balances what events `$2` < sequence ≤ `$3` of ledger `$1` moved, and by how much they
 * changed what is reserved. A hold's posted part leaves the reserve together with what is given back. Each
 * payload is parsed once (jsonb, held by `offset 0`): as json, every operator would read its text again,
 * which is most of the work. Null, not 0, where nothing moved: sums pass over it.
 */
export const FOLD_BALANCES = `
with entry as (
  select e.type, e.payload::jsonb as payload from event e
  where e.ledger_id = $1 and e.sequence > $2 and e.sequence <= $3 offset 0),
part as materialized (
  select posting.value ->> 0 as source, posting.value ->> 1 as destination, posting.value ->> 2 as asset,
    (posting.value ->> 3)::numeric as amount,
    case when entry.type = 'HoldPosted'
      then (entry.payload -> 'released' ->> (posting.ordinality - 1)::integer)::numeric end as released,
    case when entry.type in ('HoldVoided', 'HoldExpired') then 'ended'
      when entry.type = 'HoldPosted' then 'captured'
      else coalesce(entry.payload #>> '{transaction,status}', 'posted') end as kind
  from entry cross join lateral jsonb_array_elements(
    coalesce(entry.payload #> '{transaction,postings}', entry.payload -> 'postings'))
    with ordinality as posting),
movement as (
  select source, destination, asset,
    case when kind in ('posted', 'captured') then amount end as moved,
    case kind when 'posted' then null when 'pending' then amount
      else -amount - coalesce(released, 0) end as reserved
  from part),
change as (
  select source as account, asset, null::numeric as input, moved as output,
    null::numeric as pending_in, reserved as pending_out from movement
  union all
  select destination, asset, moved, null, reserved, null from movement)
insert into rebuilt_balance as known (ledger_id, account, asset, input, output, pending_in, pending_out)
select $1, account, asset, coalesce(sum(input), 0), coalesce(sum(output), 0),
  coalesce(sum(pending_in), 0), coalesce(sum(pending_out), 0)
from change group by account, asset
on conflict (ledger_id, account, asset) do update set
  input = known.input + excluded.input, output = known.output + excluded.output,
  pending_in = known.pending_in + excluded.pending_in,
  pending_out = known.pending_out + excluded.pending_out`;
