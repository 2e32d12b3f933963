import type { Connection } from '@defter/platform';
import type { Columns, Findings, Place } from './findings.js';
import type { LogEnd } from './log-check.js';

interface HeadRow {
  readonly columns: Columns;
}

const HEAD = `
select json_build_object('sequence', sequence::text, 'last_batch', last_batch::text,
  'hash', encode(hash, 'base64'), 'last_transaction_id', last_transaction_id::text) as columns
from ledger_head where ledger_id = $1`;

/** Compares the head with where the log ended. */
export const checkHead = async (
  connection: Connection,
  ledgerId: number,
  end: LogEnd,
  findings: Findings,
): Promise<void> => {
  const [row] = await connection.query<HeadRow>(HEAD, [ledgerId]);
  const expected = {
    sequence: `${end.sequence}`,
    last_batch: `${end.batch}`,
    hash: (end.hash ?? Buffer.alloc(32)).toString('base64'),
    last_transaction_id: `${end.transaction}`,
  };
  findings.compare('ledger_head', {}, expected, row?.columns);
};

interface Difference {
  readonly kind: 'missing' | 'unexpected' | 'differs';
  readonly at: Place;
  readonly expected: string | null;
  readonly found: string | null;
}

/** Rows that a query expects against the rows of a table: one row for each difference. */
const differences = (
  key: readonly string[],
  columns: readonly string[],
  expected: string,
  found: string,
): string => {
  const row = (alias: string) => `row(${columns.map((column) => `${alias}.${column}`).join(', ')})::text`;
  const at = key.map((column) => `'${PLACES[column] ?? column}', ${column}`).join(', ');
  return `
select case when found.there is null then 'missing' when expected.there is null then 'unexpected'
    else 'differs' end as kind,
  json_build_object(${at}) as at,
  case when expected.there then ${row('expected')} end as expected,
  case when found.there then ${row('found')} end as found
from (select true as there, * from (${expected}) e) expected
full join (select true as there, * from (${found}) f) found using (${key.join(', ')})
where ${columns.length === 0 ? '' : `${row('expected')} is distinct from ${row('found')} or`}
  expected.there is null or found.there is null`;
};

const PLACES: Readonly<Record<string, string>> = { idempotency_key: 'key', transaction_id: 'transaction' };

/** Postings whose effective time isn't their time of recording, once for each account that they touch. */
const DATED = `
select side.account, side.asset, side.effective_at, side.sequence, side.position, event.recorded_at,
  sum(side.input) as input, sum(side.output) as output
from posting
join event on event.ledger_id = posting.ledger_id and event.sequence = posting.sequence
cross join lateral (values
  (posting.destination, posting.asset, posting.effective_at, posting.sequence, posting.position,
    posting.amount, 0::numeric),
  (posting.source, posting.asset, posting.effective_at, posting.sequence, posting.position,
    0::numeric, posting.amount)) as side (account, asset, effective_at, sequence, position, input, output)
where posting.ledger_id = $1 and posting.effective_at <> event.recorded_at
group by 1, 2, 3, 4, 5, 6`;

/** By how much the dated entries make the two clocks differ, by the hour. */
const HOURS = `
select account, asset, hour, sum(input) as input, sum(output) as output
from (
  select account, asset, date_trunc('hour', effective_at, 'UTC') as hour, input, output
  from dated_entry where ledger_id = $1
  union all
  select account, asset, date_trunc('hour', recorded_at, 'UTC'), -input, -output
  from dated_entry where ledger_id = $1) change
group by account, asset, hour having sum(input) <> 0 or sum(output) <> 0`;

/** `offset 0`: each run looks its own span up; as a join, all postings of an account meet all its runs. */
const SPAN = (end: 'source' | 'destination'): string => `
  select run.account, within.sequence, within.effective_at from dated_run run
  cross join lateral (select posting.sequence, posting.effective_at from posting
    where posting.ledger_id = run.ledger_id and posting.${end} = run.account collate "default"
      and posting.sequence between run.first_sequence and run.last_sequence offset 0) within
  where run.ledger_id = $1`;

/** Dated postings that are in no run of their account, and others that are in one. */
export const MISPLACED = `
select 'missing' as kind, json_build_object('account', entry.account, 'sequence', entry.sequence) as at,
  'in a run' as expected, null as found
from (select distinct account, sequence from dated_entry where ledger_id = $1) entry
left join lateral (select run.last_sequence from dated_run run
  where run.ledger_id = $1 and run.account = entry.account and run.first_sequence <= entry.sequence
  order by run.first_sequence desc limit 1) last on true
where entry.sequence > coalesce(last.last_sequence, 0)
union all
select 'unexpected', json_build_object('account', inside.account, 'sequence', inside.sequence),
  null, 'not dated and in a run'
from (${SPAN('source')} union all ${SPAN('destination')}) inside
join event on event.ledger_id = $1 and event.sequence = inside.sequence
where event.recorded_at = inside.effective_at`;

const CHECKS: Readonly<Record<string, string>> = {
  dated_entry: differences(
    ['account', 'asset', 'effective_at', 'sequence', 'position'],
    ['recorded_at', 'input', 'output'],
    DATED,
    `select account, asset, effective_at, sequence, position, recorded_at, input, output
     from dated_entry where ledger_id = $1`,
  ),
  dated_hour: differences(
    ['account', 'asset', 'hour'],
    ['input', 'output'],
    HOURS,
    `select account, asset, hour, input, output from dated_hour
     where ledger_id = $1 and (input <> 0 or output <> 0)`,
  ),
  dated_run: MISPLACED,
  ledger_head: `
select 'differs' as kind, '{}'::json as at,
  'latest_effective_at ' || coalesce(dated.latest::text, 'null') as expected,
  'latest_effective_at ' || coalesce(head.latest_effective_at::text, 'null') as found
from ledger_head head
cross join lateral (select max(effective_at) as latest from dated_entry where ledger_id = $1) dated
where head.ledger_id = $1 and dated.latest is distinct from head.latest_effective_at`,
  // A key is accepted or refused, for ever.
  refused_key: `
select 'unexpected' as kind, json_build_object('key', idempotency_key, 'sequence', event.sequence) as at,
  null as expected, 'also the key of an event' as found
from refused_key join event using (ledger_id, idempotency_key) where ledger_id = $1`,
  account_count: `
select 'differs' as kind, '{}'::json as at, counted.accounts::text as expected, kept.accounts::text as found
from account_count kept
cross join lateral (select count(*) as accounts from account
  where account.ledger_id = kept.ledger_id and account.first_sequence <= kept.up_to) counted
where kept.ledger_id = $1 and counted.accounts <> kept.accounts`,
  // Of those who publish, and of pipelines that have sent something: one may wait for an event to come.
  relay_checkpoint: `
select 'differs' as kind, '{}'::json as at,
  'at most ' || head.sequence as expected, kept.sequence::text as found
from relay_checkpoint kept join ledger_head head using (ledger_id)
where ledger_id = $1 and kept.sequence > head.sequence
  and (kept.relay = 'kafka' or exists (select from pipeline p where p.ledger_id = kept.ledger_id
    and kept.relay = 'pipeline ' || p.pipeline_id and kept.sequence >= p.from_sequence))`,
};

const SHOWN = 1_000;

/** Compares the smaller tables with what they follow from. */
export const checkSideTables = async (
  connection: Connection,
  ledgerId: number,
  findings: Findings,
): Promise<void> => {
  for (const [table, sql] of Object.entries(CHECKS)) {
    const rows = await connection.query<Difference>(`${sql} limit ${SHOWN}`, [ledgerId]);
    for (const { kind, at, expected, found } of rows) findings.add({ table, kind, at, expected, found });
  }
};
