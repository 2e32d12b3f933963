/**
 * What is wrong without a line that shows it: at the bank, in the state of our operations, between reports.
 * The columns are those of `RESIDUES`; parameters as there.
 */
import { reserveLimitDays } from '@defter/reconciliation-domain';
import { BATCHES, UNMATCHED_BOOKINGS } from './bank.sql.js';
import { OPERATION, OURS, SCOPE } from './residue.sql.js';

/** Shows when it is due: on the day itself a booking or report may still be on its way. */
const factsOnly = (kind: string, expected: string, facts: string, place: string): string => `
  select ${kind}, ${expected}, null, null, null::jsonb, null::jsonb, null::jsonb, null::jsonb,
    ${facts}, ${place}`;

const NO_BATCH = `
  ${factsOnly(
    `'booking-alone'`,
    `b.booked_on > $5::date`,
    `jsonb_build_object('key', b.line_key, 'account', b.account, 'amount', b.amount::text,
      'currency', b.currency, 'bookedOn', b.booked_on, 'reference', b.reference, 'remittance', b.remittance)`,
    `b.line_key::text`,
  )}
    from (${UNMATCHED_BOOKINGS}) b where $7::date is null or b.booked_on <= $7`;

/** Batches of connections whose statements we have; without any, nothing can be said to be late. */
const UNLIKE_BATCHES = `
  ${factsOnly(
    `case when paid is null then 'batch-unpaid' else 'batch-differs' end`,
    `paid is null and last_on > $5::date`,
    `jsonb_build_object('batchRef', batch_ref, 'currency', currency, 'lines', line_count, 'net', net::text,
      'paid', coalesce(paid, 0)::text, 'lastOn', last_on)`,
    `batch_ref || '/' || currency`,
  )}
    from (${BATCHES}) batch
    left join (
      select m.batch_ref, m.currency, sum(b.amount) as paid from batch_match m
        join bank_line b on b.tenant_id = $1 and b.file_id = m.file_id and b.line_number = m.line_number
       where m.tenant_id = $1 and m.provider = $2 and m.connection_id = $3
       group by m.batch_ref, m.currency) booked using (batch_ref, currency)
   where paid is distinct from net and ($7::date is null or last_on <= $7)
     and exists (select from bank_line b where b.tenant_id = $1 and b.provider = $2 and b.connection_id = $3
                   and b.currency = batch.currency)`;

/** What stands still or has no known outcome is `detect-stuck`'s to say: it looks every five minutes. */
const RETURNED = `
  select 'payout-returned', o.occurred_at >= $8::timestamptz, null, null, null::jsonb, ${OPERATION},
    null::jsonb, null::jsonb, null::jsonb, o.operation_id
    from operation o
   where ${SCOPE} and o.family = 'payout' and o.result = 'returned'`;

const CHARGED = `o.kind = 'sale' and o.result = 'succeeded'`;

/**
 * A payment is charged by one sale; each further one is a charge too many, until its own refunds have given
 * it back whole. What another charge's refunds gave back, or those of nobody knows which, doesn't count.
 */
const CHARGED_TWICE = `
  select 'charged-twice', false, null, null, null::jsonb, ${OPERATION}, null::jsonb, null::jsonb,
    jsonb_build_object('first', o.first), o.operation_id
    from (select o.*, first_value(o.operation_id) over (partition by o.aggregate_id
                   order by o.occurred_at, o.operation_id) as first
            from operation o where ${OURS} and ${CHARGED}
              and o.aggregate_id in (select o.aggregate_id from operation o
                where ${OURS} and ${CHARGED} group by o.aggregate_id having count(*) > 1)) o
    left join (
      select back.parent_operation_id as operation_id, back.currency, sum(back.amount) as refunded
        from operation back
       where back.tenant_id = $1 and back.provider = $2 and back.connection_id = $3
         and back.kind = 'refund' and back.result = 'succeeded'
       group by back.parent_operation_id, back.currency) given using (operation_id, currency)
   where o.operation_id <> o.first and o.amount > coalesce(given.refunded, 0)`;

/** A date on which money moved, after the first report and before one that has come since. */
const REPORT_MISSING = `
  ${factsOnly(
    `'report-missing'`,
    `day.at > $5`,
    `jsonb_build_object('businessOn', day.business_on)`,
    `day.business_on::text`,
  )}
    from (select o.business_on, max(o.occurred_at) as at from operation o
           where ${OURS} and o.result in ('succeeded', 'returned') group by o.business_on) day
   where exists (select from report_file f where f.tenant_id = $1 and f.provider = $2
                    and f.connection_id = $3 and f.kind = 'settlement' and f.business_on < day.business_on)
     and not exists (select from report_file f where f.tenant_id = $1 and f.provider = $2
                    and f.connection_id = $3 and f.kind = 'settlement' and f.business_on = day.business_on)`;

/** One that isn't due yet is expected: a run that looks back must not close what a later one raised. */
const RESERVES = `
  ${factsOnly(
    `'reserve-held'`,
    `min(l.business_on) >= $8::date - ${reserveLimitDays}`,
    `jsonb_build_object('currency', l.currency, 'amount', (-sum(l.net))::text, 'since', min(l.business_on))`,
    `l.currency`,
  )}
    from report_line l
    join report_file f on f.tenant_id = $1 and f.file_id = l.file_id and f.superseded_by is null
   where l.tenant_id = $1 and l.provider = $2 and l.connection_id = $3 and l.family = 'reserve'
   group by l.currency
  having sum(l.net) < 0`;

export const STATE_RESIDUES = [
  ...[NO_BATCH, UNLIKE_BATCHES, RETURNED, CHARGED_TWICE, REPORT_MISSING, RESERVES],
];
