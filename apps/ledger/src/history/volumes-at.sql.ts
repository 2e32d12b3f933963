import { sequenceAt, sequenceBefore } from './sequence-at.sql.js';

const LAST = '9223372036854775807::bigint';

/** Whoever says the time of his own clock is off by less. */
const CLOSE = '10 seconds';

/**
 * What is asked: `$2` accounts, `$3` assets, `$4` instants, `$5` ties (of the events at exactly that instant
 * only those up to this sequence count), `$6` known (only events up to this sequence count).
 */
const ASKED = `
asked as materialized (
  select ord, account, asset, at, coalesce(tie, ${LAST}) as tie, coalesce(known, ${LAST}) as known
  from unnest($2::text[], $3::text[], $4::timestamptz[], $5::bigint[], $6::bigint[])
    with ordinality as given (account, asset, at, tie, known, ord)),
latest as materialized (
  select at, tie, ${sequenceAt('moment.at')} as sequence
  from (select distinct at, tie from asked) as moment),
moment as materialized (
  select at, tie,
    case when tie >= sequence then sequence
      else greatest(tie, ${sequenceBefore('latest.at')}) end as sequence
  from latest)`;

/** The last posting of the account and asset up to `base`: its event holds the balance after it. */
const lastPosting = (end: 'source' | 'destination'): string => `
  (select posting.sequence from posting
    where posting.ledger_id = $1 and posting.${end} = asked.account and posting.sequence <= until.base
      and posting.asset = asked.asset
    order by posting.sequence desc limit 1)`;

const ENTRY = `from dated_entry entry
    where entry.ledger_id = $1 and entry.account = asked.account and entry.asset = asked.asset`;

/** What was recorded after the moment and took effect at once, up to `known`. */
const recordedSince = (end: 'source' | 'destination'): string => `
    select ${end === 'source' ? '0, -posting.amount' : '-posting.amount, 0'} from posting
    where $7 and not until.whole and posting.ledger_id = $1 and posting.${end} = asked.account
      and posting.asset = asked.asset
      and posting.sequence > until.held and posting.sequence <= asked.known
      and posting.effective_at = (select event.recorded_at from event
        where event.ledger_id = $1 and event.sequence = posting.sequence)`;

/**
 * What the effective clock counts and the recorded one doesn't, less the other way round. Whole hours come
 * from their sums, the last one from its entries; entries later than `known` are taken out again. Where the
 * moment is close to `known`, it is shorter to go back from there.
 */
const CORRECTION = `
  select coalesce(sum(part.input), 0) as input, coalesce(sum(part.output), 0) as output
  from (
    select hour.input, hour.output from dated_hour hour
    where $7 and until.whole and hour.ledger_id = $1 and hour.account = asked.account
      and hour.asset = asked.asset and hour.hour < until.hour
    union all
    select entry.input, entry.output ${ENTRY}
      and $7 and until.whole and entry.effective_at >= until.hour
      and (entry.effective_at, entry.sequence) <= (asked.at, asked.tie)
    union all
    select -entry.input, -entry.output ${ENTRY}
      and $7 and until.whole and entry.recorded_at >= until.hour
      and (entry.recorded_at, entry.sequence) <= (asked.at, asked.tie)
    union all
    select -entry.input, -entry.output ${ENTRY}
      and $7 and until.whole and asked.known < ${LAST} and entry.sequence > asked.known
      and entry.recorded_at >= coalesce((select event.recorded_at from event
        where event.ledger_id = $1 and event.sequence = asked.known), '-infinity'::timestamptz)
      and (entry.effective_at, entry.sequence) <= (asked.at, asked.tie)
    union all
    select -entry.input, -entry.output ${ENTRY}
      and $7 and not until.whole and entry.sequence <= asked.known
      and (entry.effective_at, entry.sequence) > (asked.at, asked.tie)
    union all ${recordedSince('source')}
    union all ${recordedSince('destination')}) as part`;

/**
 * The money of accounts at moments of the past, one row for each question. `$1` ledger, `$2`–`$6` the
 * questions, `$7` by effective instead of recorded time. The volumes by recorded time are those of now where
 * nothing changed since, else those after event `last_sequence`; the correction is to be added. What
 * it costs: some dozen look-ups, the account's postings in other assets since it last used this one, and by
 * effective time its sums by the hour and the entries of one hour.
 */
export const VOLUMES_AT_SQL = `
with ${ASKED}
select asked.ord::integer as ord,
  case when now.sequence <= until.base then now.input end as input,
  case when now.sequence <= until.base then now.output end as output,
  last.sequence::float8 as last_sequence,
  coalesce(case when now.sequence <= until.held then now.pending_in else pending.pending_in end, 0)
    as pending_in,
  coalesce(case when now.sequence <= until.held then now.pending_out else pending.pending_out end, 0)
    as pending_out,
  correction.input as input_correction, correction.output as output_correction
from asked
join moment on moment.at = asked.at and moment.tie = asked.tie
cross join lateral (select moment.sequence <= asked.known and not ($7 and asked.known < ${LAST}
  and coalesce(asked.at > (
    select event.recorded_at - interval '${CLOSE}' from event
    where event.ledger_id = $1 and event.sequence = asked.known), false)) as whole) as way
cross join lateral (select way.whole, date_trunc('hour', asked.at, 'UTC') as hour,
  least(moment.sequence, asked.known) as held,
  case when way.whole then moment.sequence else asked.known end as base) as until
left join lateral (select * from balance
  where balance.ledger_id = $1 and balance.account = asked.account and balance.asset = asked.asset
  limit 1) as now on true
left join lateral (
  select max(found.sequence) as sequence
  from (${lastPosting('source')} union all ${lastPosting('destination')}) as found
  where now.sequence > until.base and now.first_sequence <= until.base) as last on true
left join lateral (select pending_in, pending_out from pending_entry
  where pending_entry.ledger_id = $1 and pending_entry.account = asked.account
    and pending_entry.asset = asked.asset and pending_entry.sequence <= until.held
  order by pending_entry.sequence desc limit 1) as pending on true
cross join lateral (${CORRECTION}) as correction
order by asked.ord`;

/** A row of VOLUMES_AT_SQL. */
export interface VolumesAtRow {
  readonly ord: number;
  readonly input: string | null;
  readonly output: string | null;
  readonly last_sequence: number | null;
  readonly pending_in: string;
  readonly pending_out: string;
  readonly input_correction: string;
  readonly output_correction: string;
}
