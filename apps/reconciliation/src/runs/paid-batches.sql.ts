/**
 * Batches of settlement lines that are paid, with their figures. Parameters: $1 tenant, $2 provider,
 * $3 connection, $4 whether the report alone may say so, $5 the instant before which what happened is in the
 * reports.
 */
import { movedResults } from '@defter/reconciliation-domain';
import { NET, SIGN } from '../line-money.sql.js';

/** Amounts as text; counts are of one batch, so that they fit. */
export interface PaidBatchRow {
  readonly batch_ref: string;
  readonly currency: string;
  readonly lines: number;
  readonly last_on: string;
  readonly gross: string;
  readonly fees: string;
  readonly other: string;
  readonly net: string;
  readonly booked_fees: string;
  readonly unlike: number;
  /** What the bank booked; null where the report alone says that it is paid. */
  readonly paid: string | null;
  readonly bank_references: readonly string[] | null;
  readonly bank_lines: readonly string[] | null;
  /** Runs, or files that were handed in. */
  readonly ingested_by: readonly string[];
}

const MOVED = movedResults.map((result) => `'${result}'`).join(', ');
/** Lines of operations; others are the provider's own. */
const OURS = `l.family in ('charge', 'payout', 'refund', 'chargeback')`;

/**
 * Whether a line's operation is there, of exactly this money, and has moved it; a lost dispute has, too. What
 * only explains itself (net of fee, surcharge, another currency, rounding) isn't booked like that, and what
 * one person has linked lets nothing be booked without another one.
 */
const ALIKE = `m.explanation = 'exact' and m.pass <> 0
  and case l.leg when 'return' then o.result = 'returned' else o.result in (${MOVED}) end`;

/**
 * What the bank has booked. Where that isn't what the lines add up to, the batch is a finding and not paid.
 * One with a line that isn't like ours waits for as long as the provider's normal lag: what lacks may be on
 * its way.
 */
const PAID = `
  select m.batch_ref, m.currency, sum(b.amount) as paid,
         array_agg(distinct b.reference) filter (where b.reference <> '') as bank_references,
         array_agg(distinct m.line_key::text) as bank_lines, array_agg(distinct f.ingested_by) as ingested_by,
         max(f.counts_since) as counts_since
    from batch_match m
    join bank_line b on b.tenant_id = $1 and b.file_id = m.file_id and b.line_number = m.line_number
    join report_file f on f.tenant_id = $1 and f.file_id = m.file_id and f.superseded_by is null
   where m.tenant_id = $1 and m.provider = $2 and m.connection_id = $3 and m.explanation <> 'differs'
   group by m.batch_ref, m.currency`;

/**
 * Without any statement in its currency, and older than the provider's normal lag: nothing more is to come.
 */
const BY_REPORT = `
  $4 and paid.paid is null and batch.last_on < $5::timestamptz::date
     and not exists (select from bank_line b where b.tenant_id = $1 and b.provider = $2
                       and b.connection_id = $3 and b.currency = batch.currency)`;

/**
 * When the last run ended that told of all batches there were. A file counts since before it waits for its
 * turn, so a day earlier is safe.
 */
const LAST_TOLD = `
  select coalesce(max(finished_at) - interval '1 day', '-infinity') as at from run
   where tenant_id = $1 and provider = $2 and connection_id = $3 and status = 'completed'`;

/**
 * Batches that need no look: told with every line like ours, and neither a line nor a booking of theirs has
 * come or gone since. Only files tell; a match that agrees stays for as long as its file counts.
 */
const DONE = `
  select told.batch_ref, told.currency from told_settlement told
   where told.tenant_id = $1 and told.provider = $2 and told.connection_id = $3 and told.unlike = 0
  except
  select batch_ref, currency from paid, last_told where paid.counts_since >= last_told.at
  except
  select l.batch_ref, l.currency from report_file fresh join last_told on fresh.counts_since >= last_told.at
    join report_file f on f.tenant_id = $1
      and (f.file_id = fresh.file_id or f.superseded_by = fresh.file_id)
    join report_line l on l.tenant_id = $1 and l.file_id = f.file_id
   where fresh.tenant_id = $1 and fresh.provider = $2 and fresh.connection_id = $3`;

/** Added up per file first: that needs no sorted lines, of which there may be a million. */
export const PAID_BATCHES = `
  with last_told as materialized (${LAST_TOLD}),
  paid as materialized (${PAID}),
  done as materialized (${DONE}),
  part as (
    select l.batch_ref, l.currency, l.file_id, f.ingested_by, count(*)::int as lines,
           max(l.business_on) as last_on, sum(${NET}) as net,
           sum(${SIGN} * l.amount) filter (where ${OURS}) as gross,
           sum(case when ${OURS} then l.fee when l.family = 'fee' then -(${NET}) else 0 end) as fees,
           sum(case when ${OURS} then ${NET} - (${SIGN} * l.amount - l.fee)
                    when l.family = 'fee' then 0 else ${NET} end) as other,
           sum(o.fee) filter (where l.leg = 'payment' and o.currency = l.currency) as booked_fees,
           count(*) filter (where ${OURS} and (${ALIKE}) is not true)::int as unlike
      from report_line l
      join report_file f on f.tenant_id = $1 and f.file_id = l.file_id and f.superseded_by is null
      left join match m on m.tenant_id = $1 and m.file_id = l.file_id and m.line_number = l.line_number
      left join operation o on o.tenant_id = $1 and o.operation_id = m.operation_id
     where l.tenant_id = $1 and l.provider = $2 and l.connection_id = $3 and l.batch_ref is not null
       and ($4 or (l.batch_ref, l.currency) in (
             select batch_ref, currency from paid except select batch_ref, currency from done))
       and not exists (select from done where done.batch_ref = l.batch_ref and done.currency = l.currency)
     group by l.batch_ref, l.currency, l.file_id, f.ingested_by),
  batch as (
    select batch_ref, currency, sum(lines)::int as lines, max(last_on) as last_on, sum(net) as net,
           coalesce(sum(gross), 0) as gross, sum(fees) as fees, sum(other) as other,
           coalesce(sum(booked_fees), 0) as booked_fees, sum(unlike)::int as unlike,
           array_agg(distinct ingested_by) as ingested_by
      from part group by batch_ref, currency)
  select batch.batch_ref, batch.currency, lines, last_on, gross::text, fees::text, other::text, net::text,
         booked_fees::text, unlike, paid.paid::text, paid.bank_references, paid.bank_lines,
         batch.ingested_by || coalesce(paid.ingested_by, '{}') as ingested_by
    from batch left join paid using (batch_ref, currency)
   where (paid.paid = batch.net and (unlike = 0 or batch.last_on < $5::timestamptz::date)) or (${BY_REPORT})
   order by batch.batch_ref, batch.currency`;

/** By whom files were handed in; $2 their ids. */
export const RECEIVED_BY = `
  select file_id::text, received_by from received_file where tenant_id = $1 and file_id = any ($2::uuid[])`;

/** Notes the figures of batches, $5 to $8; $4 the run. @returns those that are news, with their version */
export const REMEMBER_BATCHES = `
  insert into told_settlement as told (tenant_id, provider, connection_id, run_id, batch_ref, currency,
                                       digest, unlike, version)
  select $1, $2, $3, $4, batch_ref, currency, digest, unlike, 1
    from unnest($5::text[], $6::text[], $7::text[], $8::int[]) as batch (batch_ref, currency, digest, unlike)
  on conflict (tenant_id, provider, connection_id, batch_ref, currency) do update set
    digest = excluded.digest, unlike = excluded.unlike, version = told.version + 1, run_id = excluded.run_id,
    told_at = clock_timestamp()
  where told.digest <> excluded.digest
  returning batch_ref, currency, version`;
