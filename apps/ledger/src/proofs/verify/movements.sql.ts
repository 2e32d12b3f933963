import { instant } from './event-rows.js';

/** An array, or none where a changed payload has something else. */
const array = (json: string): string =>
  `case when json_typeof(${json}) = 'array' then ${json} else '[]'::json end`;
const object = (json: string): string =>
  `case when json_typeof(${json}) = 'object' then ${json} else '{}'::json end`;
const amount = (text: string): string => `case when ${text} ~ '^[0-9]+$' then (${text})::numeric else 0 end`;

const PARTS = array(`coalesce(e.payload -> 'transaction' -> 'postings', e.payload -> 'postings')`);
const AMOUNT = amount(`part.value ->> 3`);
const RELEASED = amount(`e.payload -> 'released' ->> (part.ordinality - 1)::integer`);
const PENDING = `e.payload -> 'transaction' ->> 'status' = 'pending'`;

/**
 * By how much each event changed each balance, account by account: sorted by the database, so that memory
 * stays small. `after` is what the event says the balance was then. Payloads that somebody changed may hold
 * anything.
 */
export const movementsSql = (ledgerId: number): string => `
select touched.account, touched.asset, e.sequence::float8 as sequence,
  ${instant('e.recorded_at')} as "recordedAt",
  touched.input::text as input, touched.output::text as output,
  touched.pending_in::text as "pendingIn", touched.pending_out::text as "pendingOut",
  e.type like 'Hold%' or ${PENDING} as "ofHold",
  (e.payload -> 'after' -> (touched.place - 1)::integer)::text as after
from event e
cross join lateral (
  select side.account, side.asset, row_number() over (order by min(side.place)) as place,
    sum(side.input) as input, sum(side.output) as output,
    sum(side.pending_in) as pending_in, sum(side.pending_out) as pending_out
  from json_array_elements(${PARTS}) with ordinality as part
  cross join lateral (select
    case when e.type in ('HoldVoided', 'HoldExpired') or ${PENDING} then 0 else ${AMOUNT} end as moved,
    case
      when e.type in ('HoldVoided', 'HoldExpired') then -(${AMOUNT})
      when e.type = 'HoldPosted' then -(${AMOUNT}) - (${RELEASED})
      when ${PENDING} then ${AMOUNT}
      else 0 end as reserved) as change
  cross join lateral (values
    (part.value ->> 0, 2 * part.ordinality, 0, change.moved, 0, change.reserved),
    (part.value ->> 1, 2 * part.ordinality + 1, change.moved, 0, change.reserved, 0))
    as end_of (account, place, input, output, pending_in, pending_out)
  cross join lateral (select coalesce(end_of.account, '') as account, coalesce(part.value ->> 2, '') as asset,
    end_of.place, end_of.input, end_of.output, end_of.pending_in, end_of.pending_out) as side
  group by side.account, side.asset) as touched
where e.ledger_id = ${ledgerId}
order by touched.account collate "C", touched.asset collate "C", e.sequence`;

const RECORDED = `e.sequence::float8 as sequence, ${instant('e.recorded_at')} as "recordedAt"`;

/**
 * What became of the metadata of accounts, account by account; `content` is a document, or a deleted name.
 */
export const accountMetadataSql = (ledgerId: number): string => `
select address, sequence, "recordedAt", deleted, content from (
  select entry.key as address, ${RECORDED}, false as deleted, entry.value::text as content
  from event e
  cross join lateral json_each(${object(`e.payload -> 'transaction' -> 'accountMetadata'`)}) as entry
  where e.ledger_id = ${ledgerId} and e.type = 'TransactionCreated'
  union all
  select e.payload -> 'target' ->> 'address', ${RECORDED}, e.type = 'MetadataDeleted',
    e.payload ->> case when e.type = 'MetadataDeleted' then 'key' else 'metadata' end
  from event e
  where e.ledger_id = ${ledgerId} and e.type in ('MetadataSet', 'MetadataDeleted')
    and e.payload -> 'target' ->> 'kind' = 'account') change
where address is not null and content is not null
order by address collate "C", sequence`;

export const balancesSql = (ledgerId: number): string => `
select account, asset, json_build_object('input', input::text, 'output', output::text,
    'pending_in', pending_in::text, 'pending_out', pending_out::text) as columns,
  sequence::float8 as "lastSequence", first_sequence::float8 as "firstSequence"
from balance where ledger_id = ${ledgerId} order by account collate "C", asset collate "C"`;

export const accountsSql = (ledgerId: number): string => `
select address, json_build_object('first_sequence', first_sequence::text,
    'inserted_at', ${instant('inserted_at')}, 'metadata', metadata::text) as columns
from account where ledger_id = ${ledgerId} order by address collate "C"`;

export const pendingSql = (ledgerId: number): string => `
select account, asset, sequence::float8 as sequence,
  json_build_object('pending_in', pending_in::text, 'pending_out', pending_out::text) as columns
from pending_entry where ledger_id = ${ledgerId} order by account collate "C", asset collate "C", sequence`;
