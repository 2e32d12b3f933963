import { movedResults, settledFamilies, unmovedResults } from '@defter/reconciliation-domain';
import { UNMATCHED_LINES } from './match.sql.js';

/**
 * What matching left over, frozen into `run_residue` with the facts as they are in this snapshot.
 * Parameters: $1 tenant, $2 provider, $3 connection, $4 run, $5 settled before, $6 known before, $7 business
 * date or null.
 */
const words = (list: readonly string[]): string => list.map((word) => `'${word}'`).join(', ');

/** Amounts as text: JSON's numbers are doubles to most readers. The names are those of the domain's sides. */
const LINE = `jsonb_strip_nulls(jsonb_build_object(
  'key', l.line_key, 'reportRef', l.report_ref, 'lineNumber', l.line_number, 'kind', l.kind, 'leg', l.leg,
  'operationId', l.operation_id, 'providerRef', l.provider_ref, 'amount', l.amount::text, 'fee', l.fee::text,
  'currency', l.currency, 'status', l.status, 'businessOn', l.business_on))`;
const OPERATION = `jsonb_strip_nulls(jsonb_build_object(
  'operationId', o.operation_id, 'kind', o.kind, 'customerId', o.customer_id, 'result', o.result,
  'amount', o.amount::text, 'fee', o.fee::text, 'currency', o.currency, 'providerRef', o.provider_ref,
  'ledgerReference', o.ledger_reference, 'businessOn', o.business_on))`;

/** Our operations in question: of this connection, of a kind that is settled, up to the run's date. */
const OURS = `o.tenant_id = $1 and o.provider = $2 and o.connection_id = $3
     and o.family in (${words(settledFamilies)}) and ($7::date is null or o.business_on <= $7)`;
const MOVED = `o.result in (${words(movedResults)})`;
const BOOKED = `j.tenant_id = $1 and j.movement in ('posted', 'captured')`;

/** A line left over: again, when another line has taken its operation; else nobody knows it. */
const LINES = `
  select case when taken.line_key is null then 'line-alone' else 'line-again' end as kind,
         taken.line_key is null and l.occurred_at > $6 as expected, l.leg, taken.line_key::text as matched_by,
         ${LINE} as line, taken.operation, null::jsonb as booked, l.line_key::text as place
    from (${UNMATCHED_LINES}) l
    left join lateral (
      select m.line_key, ${OPERATION} as operation from operation o
        join match m on m.tenant_id = $1 and m.operation_id = o.operation_id and m.leg = l.leg
       where o.tenant_id = $1 and o.provider = $2 and o.connection_id = $3 and o.family = l.family
         and (o.operation_id = l.operation_id or o.provider_ref = l.provider_ref)
       order by o.operation_id is not distinct from l.operation_id desc,
         o.operation_id limit 1) taken on true`;

const OPERATIONS = `
  select 'operation-alone', o.occurred_at > $5, leg.leg, null, null::jsonb, ${OPERATION}, null::jsonb,
    o.operation_id
    from operation o
    join (values ('payment'), ('return')) as leg (leg) on leg.leg = 'payment' or o.result = 'returned'
    left join match m on m.tenant_id = $1 and m.operation_id = o.operation_id and m.leg = leg.leg
   where ${OURS} and ${MOVED} and m.operation_id is null`;

/**
 * Pairs that belong together and don't say the same. What exactly differs, and whether it is explained, the
 * domain says.
 */
const PAIRS = `
  select 'pair-differs', false, m.leg, null, ${LINE}, ${OPERATION}, null::jsonb, m.line_key::text
    from match m
    join report_line l on l.tenant_id = $1 and l.file_id = m.file_id and l.line_number = m.line_number
    join operation o on o.tenant_id = $1 and o.operation_id = m.operation_id
   where m.tenant_id = $1 and m.provider = $2 and m.connection_id = $3
     and (l.currency <> o.currency or l.amount <> o.amount or (l.leg = 'payment' and l.fee <> o.fee)
          or not (o.result = 'returned' or (l.leg = 'payment' and o.result = 'succeeded')))`;

/**
 * Payments' references: a deposit has its own; a payout is booked by its hold, by `…:late_debit` when the
 * hold was given back too early, and its return by `…:return`.
 */
const NOT_BOOKED = `
  select 'not-booked', o.occurred_at > $6, leg.leg, null, null::jsonb, ${OPERATION}, null::jsonb,
    o.operation_id
    from operation o
    join (values ('payment', ''), ('payment', ':late_debit'), ('return', ':return')) as leg (leg, suffix)
      on leg.leg = 'payment' or o.result = 'returned'
    left join journal_entry j on ${BOOKED} and j.reference = o.ledger_reference || leg.suffix
   where ${OURS} and ${MOVED}
   group by o.tenant_id, o.operation_id, leg.leg having count(j.reference) = 0`;

/**
 * The customer's side of what the ledger booked under an operation's reference. A payout that was tried
 * twice books both under one reference: the try that moved money is the one to compare with.
 */
const BOOKINGS = `
  select 'booked-differs', o.occurred_at > $6, null, null, null::jsonb, ${OPERATION},
         jsonb_build_object('amount', booked.amount::text, 'currency', booked.currency), o.operation_id
    from operation o
    join (select j.reference, split_part(j.asset, '/', 1) as currency,
                 abs(sum(case when j.destination like 'users:%' then j.amount else 0 end
                       - case when j.source like 'users:%' then j.amount else 0 end)) as amount
            from journal_entry j where ${BOOKED} and j.reference is not null
           group by j.reference, split_part(j.asset, '/', 1)) booked
      on booked.reference = o.ledger_reference and booked.amount > 0
   where ${OURS}
     and case when ${MOVED} then booked.amount <> o.amount or booked.currency <> o.currency
              else o.result in (${words(unmovedResults)}) and not exists (
                select from operation other where other.tenant_id = $1
                  and other.ledger_reference = o.ledger_reference
                   and other.result in (${words(movedResults)})) end`;

export const FREEZE_RESIDUE = `
  insert into run_residue (tenant_id, run_id, residue_number, kind, expected, leg, matched_by, line,
    operation, booked)
  select $1, $4, row_number() over (order by kind, place, leg), kind, expected, leg, matched_by, line,
    operation, booked
    from (${[LINES, OPERATIONS, PAIRS, NOT_BOOKED, BOOKINGS].join(' union all ')}) residue`;
