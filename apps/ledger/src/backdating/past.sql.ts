/**
 * The lowest posted balance, on the normal side, between effective times: one row for each balance and time
 * since which it is asked for, until the next such time of the balance or until now. `$1` ledger; accounts,
 * assets, instants and signs (1 credit, -1 debit) as parallel arrays.
 *
 * States are counted after all postings of an instant. It reads every posting of the accounts that are asked
 * for: its cost grows with their history, and only backdated commands of ledgers with every-state pay it.
 */
export const LOWS_SQL = `
with asked as (
  select account, asset, since, sign
  from unnest($2::text[], $3::text[], $4::timestamptz[], $5::smallint[]) as a (account, asset, since, sign)),
change as (
  select named.account, named.asset, moved.at, named.sign * moved.amount as amount, 0 as cut
  from (select distinct account, asset, sign from asked) as named
  cross join lateral (
    select effective_at as at, amount from posting
    where posting.ledger_id = $1 and posting.destination = named.account and posting.asset = named.asset
    union all
    select effective_at, -amount from posting
    where posting.ledger_id = $1 and posting.source = named.account and posting.asset = named.asset) as moved
  union all
  select account, asset, since, 0, 1 from asked),
instant as (
  select account, asset, at, sum(amount) as amount, max(cut) as cut from change group by account, asset, at),
state as (
  select account, asset, at, sum(amount) over past as total, sum(cut) over past as part
  from instant window past as (partition by account, asset order by at))
select account, asset,
  to_char(min(at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as since, min(total)::text as low
from state where part > 0
group by account, asset, part
order by account, asset, part`;

/** A row of LOWS_SQL. */
export interface LowRow {
  readonly account: string;
  readonly asset: string;
  readonly since: string;
  readonly low: string;
}
