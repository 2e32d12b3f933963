import { sequenceAt, sequenceBefore } from './sequence-at.sql.js';

/** Where two instants lie among the events: `$1` ledger, `$2` and `$3` the instants. */
export const BOUNDS_SQL = `
select ${sequenceBefore('low.at')}::float8 as "lowBefore", ${sequenceAt('low.at')}::float8 as "lowUpTo",
  ${sequenceBefore('high.at')}::float8 as "highBefore", ${sequenceAt('high.at')}::float8 as "highUpTo"
from (select $2::timestamptz as at) as low, (select $3::timestamptz as at) as high`;

export interface BoundsRow {
  readonly lowBefore: number;
  readonly lowUpTo: number;
  readonly highBefore: number;
  readonly highUpTo: number;
}

const INSTANT = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const COLUMNS = `posting.sequence::float8 as sequence, posting.position::integer as position,
  posting.transaction_id::float8 as "transactionId", posting.effective_at,
  ${INSTANT('posting.effective_at')} as "effectiveAt",
  posting.source, posting.destination, posting.asset, posting.amount`;

const DIRECTION = (descending: boolean): 'asc' | 'desc' => (descending ? 'desc' : 'asc');

/** The postings at one end of an account; with the name of a gap, only those in it. */
const end = (name: 'source' | 'destination', direction: string, gap: string): string => `
  (select ${COLUMNS} from posting
  where posting.ledger_id = $1 and posting.${name} = $2 and ($3::text is null or posting.asset = $3)
    and posting.sequence <= $4 and posting.sequence >= $5 and posting.sequence <= $7
    ${gap === '' ? '' : `and posting.sequence > ${gap}.above and posting.sequence < ${gap}.below`}
    and (posting.sequence, posting.position) > ($5, $6::integer)
    and (posting.sequence, posting.position) < ($7, $8::integer)
    ${name === 'source' ? '' : 'and posting.source <> posting.destination'}
  order by posting.sequence ${direction}, posting.position ${direction} limit $9)`;

const ends = (direction: string, gap = ''): string =>
  `${end('source', direction, gap)} union all ${end('destination', direction, gap)}`;

/**
 * Postings of an account in the order of recording: `$1` ledger, `$2` account, `$3` asset or null, `$4` up to
 * which event, `$5`/`$6` and `$7`/`$8` the sequence and position between which, `$9` how many.
 */
export const postingsSql = (descending: boolean): string => {
  const direction = DIRECTION(descending);
  return `${ends(direction)} order by sequence ${direction}, position ${direction} limit $9`;
};

const LAST = '9223372036854775807::bigint';

/** How one goes from run to run: where it begins, the next run, the gap before it, and where it ends. */
const WAYS = {
  desc: {
    start: 'least($4::bigint, $7::bigint) + 1',
    next: 'run.first_sequence < edge.at order by run.first_sequence desc',
    gap: 'coalesce(run.last_sequence, 0), edge.at, coalesce(run.first_sequence, 0)',
    goesOn: 'edge.at > $5::bigint',
  },
  asc: {
    start: `coalesce((select run.last_sequence from dated_run run
      where run.ledger_id = $1 and run.account = $2 and run.first_sequence <= $5
      order by run.first_sequence desc limit 1), 0)`,
    next: 'run.first_sequence > edge.at order by run.first_sequence',
    gap: `edge.at, coalesce(run.first_sequence, ${LAST}), coalesce(run.last_sequence, ${LAST})`,
    goesOn: 'edge.at < least($4::bigint, $7::bigint)',
  },
};

/**
 * The same without those that are dated: what took effect when it was recorded is in the order of the
 * sequence on both clocks. Goes through the gaps between the runs of dated postings until there are enough.
 * Every gap has a posting that isn't dated, so there are no more steps than postings found, unless those of
 * other assets are passed over.
 */
export const undatedSql = (descending: boolean): string => {
  const direction = DIRECTION(descending);
  const way = WAYS[direction];
  return `
  with recursive edge (above, below, at, found) as (
    select null::bigint, null::bigint, ${way.start}, 0::bigint
    union all
    select gap.above, gap.below, gap.at,
      gap.found + (select count(*) from (${ends(direction, 'gap')}) as postings)
    from (select ${way.gap}, edge.found
      from edge
      left join lateral (select run.first_sequence, run.last_sequence from dated_run run
        where run.ledger_id = $1 and run.account = $2 and ${way.next} limit 1) as run on true
      where ${way.goesOn} and edge.found < $9::bigint) as gap (above, below, at, found))
  select postings.* from edge cross join lateral (${ends(direction, 'edge')}) as postings
  order by sequence ${direction}, position ${direction} limit $9`;
};

/**
 * Dated postings of an account in the order of effective time: `$1` ledger, `$2` account, `$3` assets, `$4`
 * up to which event, `$5`–`$7` and `$8`–`$10` the instant, sequence and position between which, `$11` how
 * many.
 */
export const datedSql = (descending: boolean): string => {
  const direction = DIRECTION(descending);
  const order = (table: string) =>
    ['effective_at', 'sequence', 'position'].map((column) => `${table}.${column} ${direction}`).join(', ');
  return `
  select ${COLUMNS}
  from (
    select entry.effective_at, entry.sequence, entry.position
    from unnest($3::text[]) as had (asset)
    cross join lateral (select * from dated_entry
      where dated_entry.ledger_id = $1 and dated_entry.account = $2 and dated_entry.asset = had.asset
        and dated_entry.sequence <= $4
        and (dated_entry.effective_at, dated_entry.sequence, dated_entry.position)
          > ($5::timestamptz, $6::bigint, $7::integer)
        and (dated_entry.effective_at, dated_entry.sequence, dated_entry.position)
          < ($8::timestamptz, $9::bigint, $10::integer)
      order by ${order('dated_entry')} limit $11) as entry
    order by ${order('entry')} limit $11) as entry
  join posting on posting.ledger_id = $1 and posting.sequence = entry.sequence
    and posting.position = entry.position
  order by ${order('entry')}`;
};

/** A posting as both statements give it. */
export interface PostingRow {
  readonly sequence: number;
  readonly position: number;
  readonly transactionId: number;
  readonly effectiveAt: string;
  readonly source: string;
  readonly destination: string;
  readonly asset: string;
  readonly amount: string;
}
