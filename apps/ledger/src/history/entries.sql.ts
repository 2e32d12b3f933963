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

const DIRECTION = (descending: boolean): string => (descending ? 'desc' : 'asc');

/** What took effect when it was recorded is in the order of the sequence on both clocks. */
const NOT_DATED = `
    and posting.effective_at = (select event.recorded_at from event
      where event.ledger_id = $1 and event.sequence = posting.sequence)`;

const end = (name: 'source' | 'destination', clock: 'all' | 'not dated', direction: string): string => `
  (select ${COLUMNS} from posting
  where posting.ledger_id = $1 and posting.${name} = $2 and ($3::text is null or posting.asset = $3)
    and posting.sequence <= $4 and posting.sequence >= $5 and posting.sequence <= $7
    and (posting.sequence, posting.position) > ($5, $6::integer)
    and (posting.sequence, posting.position) < ($7, $8::integer)${clock === 'all' ? '' : NOT_DATED}
    ${name === 'source' ? '' : 'and posting.source <> posting.destination'}
  order by posting.sequence ${direction}, posting.position ${direction} limit $9)`;

/**
 * Postings of an account in the order of recording: `$1` ledger, `$2` account, `$3` asset or null, `$4` up to
 * which event, `$5`/`$6` and `$7`/`$8` the sequence and position between which, `$9` how many.
 */
export const postingsSql = (descending: boolean, which: 'all' | 'not dated'): string => {
  const direction = DIRECTION(descending);
  return `${end('source', which, direction)} union all ${end('destination', which, direction)}
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
