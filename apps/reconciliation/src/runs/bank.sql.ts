/**
 * Pass 4: many settlement lines, one booking at the bank. Parameters of every statement: $1 tenant,
 * $2 provider, $3 connection, $4 run.
 */
import { RULE_VERSION } from './match.sql.js';

/** What the lines of each batch add up to. A batch of nothing is never paid. Added up once in a run. */
export const ADD_UP_BATCHES = `
  insert into run_batch (tenant_id, run_id, batch_ref, currency, net, line_count, last_on)
  select $1, $4, l.batch_ref, l.currency, sum(l.net), count(*), max(l.business_on)
    from report_line l
    join report_file f on f.tenant_id = $1 and f.file_id = l.file_id and f.superseded_by is null
   where l.tenant_id = $1 and l.provider = $2 and l.connection_id = $3 and l.batch_ref is not null
   group by l.batch_ref, l.currency having sum(l.net) <> 0`;

export const BATCHES = `
  select batch_ref, currency, net, line_count, last_on from run_batch where tenant_id = $1 and run_id = $4`;

/**
 * Bookings that count (of no replaced statement) and pay no batch yet. Statements overlap: of a booking that
 * stands in several one counts, and where one is used up the others are, too.
 */
export const UNMATCHED_BOOKINGS = `
  select b.* from (
    select b.*, row_number() over (partition by b.line_key order by b.file_id) as nth
      from bank_line b
      join report_file f on f.tenant_id = $1 and f.file_id = b.file_id and f.superseded_by is null
     where b.tenant_id = $1 and b.provider = $2 and b.connection_id = $3) b
   where b.nth = 1
     and not exists (select from batch_match m where m.tenant_id = $1 and m.provider = $2
                       and m.connection_id = $3 and m.line_key = b.line_key)`;

const UNPAID_BATCHES = `
  select batch.* from (${BATCHES}) batch
    left join batch_match m on m.tenant_id = $1 and m.provider = $2 and m.connection_id = $3
      and m.batch_ref = batch.batch_ref and m.currency = batch.currency
   where m.file_id is null`;

const INSERT = `
  insert into batch_match (tenant_id, file_id, line_number, line_key, provider, connection_id, batch_ref,
    currency, part, pass, rule_version, explanation, run_id)`;

/**
 * What doesn't add up is decided anew in each run: the part that lacked may have come, and a report or
 * statement may have been replaced.
 */
export const REOPEN_BATCHES = `
  delete from batch_match m
   where m.tenant_id = $1 and m.provider = $2 and m.connection_id = $3
     and (exists (select from report_file f where f.tenant_id = $1 and f.file_id = m.file_id
                    and f.superseded_by is not null)
       or not exists (
         select from (select p.batch_ref, p.currency, sum(b.amount) as paid from batch_match p
                        join bank_line b on b.tenant_id = $1 and b.file_id = p.file_id
                          and b.line_number = p.line_number
                       where p.tenant_id = $1 and p.provider = $2 and p.connection_id = $3
                       group by p.batch_ref, p.currency) paid
           join (${BATCHES}) batch using (batch_ref, currency)
          where batch_ref = m.batch_ref and currency = m.currency and paid = batch.net))`;

/** Too short a name stands in a text by chance. */
const SHORTEST_NAME = 6;

/**
 * By the batch's id, which stands in the booking's reference or text as a word. One that names two batches
 * is left alone; several that name one are its parts. Those that don't add up belong together all the same.
 */
export const MATCH_BATCH_BY_ID = `
  ${INSERT}
  with booking as materialized (${UNMATCHED_BOOKINGS}),
  batch as materialized (${UNPAID_BATCHES}),
  word as (
    select distinct b.file_id, b.line_number, b.currency, word
      from booking b
     cross join lateral regexp_split_to_table(b.reference || ' ' || b.remittance, '[^A-Za-z0-9_-]+') word
     where length(word) >= ${SHORTEST_NAME}),
  named as (
    select w.file_id, w.line_number, batch.batch_ref, batch.currency, batch.net,
           count(*) over (partition by w.file_id, w.line_number) as batches
      from word w join batch on batch.batch_ref = w.word and batch.currency = w.currency),
  part as (
    select b.*, n.batch_ref, n.net, sum(b.amount) over same as paid, count(*) over same as parts,
           row_number() over (same order by b.booked_on, b.report_ref, b.line_number
             rows between unbounded preceding and unbounded following) as part
      from named n join booking b using (file_id, line_number)
     where n.batches = 1 window same as (partition by n.batch_ref, n.currency))
  select $1, file_id, line_number, line_key, $2, $3, batch_ref, currency, part, 4, ${RULE_VERSION},
         case when paid <> net then 'differs' when parts = 1 then 'by-id' else 'in-parts' end, $4
    from part`;

/** By the exact sum within $5 days after the batch's last line; only where batch and booking fit no other. */
export const MATCH_BATCH_BY_SUM = `
  ${INSERT}
  select $1, file_id, line_number, line_key, $2, $3, batch_ref, currency, 1, 4, ${RULE_VERSION},
         'sum-in-window', $4
    from (select b.*, batch.batch_ref, count(*) over (partition by b.file_id, b.line_number) as fits,
                 count(*) over (partition by batch.batch_ref, batch.currency) as wanted
            from (${UNMATCHED_BOOKINGS}) b
            join (${UNPAID_BATCHES}) batch on batch.currency = b.currency and batch.net = b.amount
           where b.booked_on between batch.last_on and batch.last_on + $5::int) pair
   where fits = 1 and wanted = 1`;
