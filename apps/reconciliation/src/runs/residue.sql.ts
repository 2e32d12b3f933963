import { movedResults, settledFamilies, unmovedResults } from '@defter/reconciliation-domain';
import { LEFT_LINES } from './match.sql.js';

/**
 * What matching left over, frozen into `run_residue` with the facts as they are in this snapshot.
 * Parameters: $1 tenant, $2 provider, $3 connection, $4 run, $5 settled before, $6 known before, $7 business
 * date or null, $8 as of.
 */
const words = (list: readonly string[]): string => list.map((word) => `'${word}'`).join(', ');

/** Amounts as text: JSON's numbers are doubles to most readers. The names are those of the domain's sides. */
export const LINE = `jsonb_strip_nulls(jsonb_build_object(
  'key', l.line_key, 'reportRef', l.report_ref, 'lineNumber', l.line_number, 'kind', l.kind, 'leg', l.leg,
  'operationId', l.operation_id, 'providerRef', l.provider_ref, 'amount', l.amount::text, 'fee', l.fee::text,
  'currency', l.currency, 'status', l.status, 'businessOn', l.business_on,
  'surcharge', nullif(l.surcharge, 0)::text, 'original', case when l.fx_rate is not null then
    jsonb_build_object('amount', l.original_amount::text, 'currency', l.original_currency,
      'rate', l.fx_rate::text) end))`;
export const OPERATION = `jsonb_strip_nulls(jsonb_build_object(
  'operationId', o.operation_id, 'kind', o.kind, 'customerId', o.customer_id, 'result', o.result,
  'amount', o.amount::text, 'fee', o.fee::text, 'currency', o.currency, 'providerRef', o.provider_ref,
  'ledgerReference', o.ledger_reference, 'businessOn', o.business_on))`;

/** Of the few rows that are told whole; the joins that find them carry what they compare and no more. */
const lookUp = (what: string, table: string, key: string): string =>
  `(select ${what} from ${table} where ${key})`;
const LINE_KEY = 'l.tenant_id = $1 and l.file_id = pair.file_id and l.line_number = pair.line_number';
const OPERATION_KEY = 'o.tenant_id = $1 and o.operation_id = pair.operation_id';

/** Our operations in question: of this connection, up to the run's date; and of a kind that is settled. */
export const SCOPE = `o.tenant_id = $1 and o.provider = $2 and o.connection_id = $3
     and ($7::date is null or o.business_on <= $7)`;
export const OURS = `${SCOPE} and o.family in (${words(settledFamilies)})`;
const MOVED = `o.result in (${words(movedResults)})`;
/** What stands in the books: not what was reverted since, unless that was reverted in its turn. */
const BOOKED = `j.tenant_id = $1 and j.movement in ('posted', 'captured')
  and (j.ledger, j.transaction_id) not in (select undone.ledger, undone.transaction_id from undone)`;

/**
 * Transactions that are out of the books, by somebody's hand: payments itself books what comes back, and
 * reverts nothing. Of a chain of reversals each one undoes the one before. Few, by an index of their own.
 */
const UNDONE = `
  reversal as materialized (
    select distinct ledger, reverts, transaction_id from journal_entry
     where tenant_id = $1 and reverts is not null),
  chain (ledger, transaction_id, last, length) as (
    select ledger, reverts, transaction_id, 1 from reversal
    union all
    select chain.ledger, chain.transaction_id, reversal.transaction_id, chain.length + 1
      from chain join reversal on reversal.ledger = chain.ledger and reversal.reverts = chain.last),
  undone as materialized (
    select ledger, transaction_id from chain group by ledger, transaction_id having max(length) % 2 = 1)`;

/** Amounts that more lines or operations share than this say nothing; all pairs of them would be many. */
const PEERS = 50;

/** Operations without a line that a line without one might mean: the same kind and amount, the next five. */
const NEAR = `
  select file_id, line_number,
         jsonb_agg(jsonb_strip_nulls(jsonb_build_object('operationId', operation_id,
           'providerRef', provider_ref,
           'occurredAt', occurred_at)) order by nth) as candidates
    from (select l.file_id, l.line_number, o.operation_id, o.provider_ref, o.occurred_at,
                 row_number() over (partition by l.file_id, l.line_number
                   order by abs(extract(epoch from l.occurred_at - o.occurred_at)), o.operation_id) as nth
            from (select *, count(*) over (partition by family, leg, currency, amount) as peers
                    from left_over) l
            join (select *, count(*) over (partition by family, leg, currency, amount) as peers
                    from unsettled) o using (family, leg, currency, amount)
           where l.peers <= ${PEERS} and o.peers <= ${PEERS}) candidate
   where nth <= 5 group by file_id, line_number`;

/**
 * A line left over: again, when another line has taken its operation; else nobody knows it. By our id and by
 * the provider's reference apart: joined by \`or\` each line would walk through all operations.
 */
const LINES = `
  select case when taken.line_key is null then 'line-alone' else 'line-again' end as kind,
         taken.line_key is null and pair.occurred_at > $6 as expected, pair.leg,
         taken.line_key::text as matched_by, ${lookUp(LINE, 'report_line l', LINE_KEY)} as line,
         taken.operation, null::jsonb as booked, near.candidates, null::jsonb as facts,
         pair.line_key::text as place
    from left_over pair
    left join (${NEAR}) near using (file_id, line_number)
    left join (
      select distinct on (file_id, line_number) file_id, line_number, line_key, operation
        from (select l.file_id, l.line_number, m.line_key, ${OPERATION} as operation, o.operation_id,
                     1 as rank
                from left_over l
                join operation o on o.tenant_id = $1 and o.operation_id = l.operation_id
                                and o.family = l.family
                join match m on m.tenant_id = $1 and m.operation_id = o.operation_id and m.leg = l.leg
               where o.provider = $2 and o.connection_id = $3
              union all
              select l.file_id, l.line_number, m.line_key, ${OPERATION}, o.operation_id, 2
                from left_over l
                join operation o on o.tenant_id = $1 and o.provider = $2 and o.connection_id = $3
                                and o.provider_ref = l.provider_ref and o.family = l.family
                join match m on m.tenant_id = $1 and m.operation_id = o.operation_id
                            and m.leg = l.leg) candidate
       order by file_id, line_number, rank, operation_id) taken using (file_id, line_number)
   where pair.family in (${words(settledFamilies)})`;

/** Our legs whose money has moved and of which no line tells; into `run_pair`. $5 the business date. */
export const ADD_UNSETTLED = `
  insert into run_pair (tenant_id, run_id, our_currency, leg, operation_id, is_different, is_late, pairs,
    ours, our_fee, off, more, less, fee_off, fee_more, fee_less)
  select $1, $4, o.currency, leg.leg, o.operation_id, false, false, 1, o.amount, o.fee, 0, 0, 0, 0, 0, 0
    from operation o
    join (values ('payment'), ('return')) as leg (leg) on leg.leg = 'payment' or o.result = 'returned'
    left join match m on m.tenant_id = $1 and m.operation_id = o.operation_id and m.leg = leg.leg
   where ${OURS.replaceAll('$7', '$5')} and ${MOVED} and m.operation_id is null`;

const UNSETTLED = `
  select o.*, p.leg from run_pair p join operation o on o.tenant_id = $1 and o.operation_id = p.operation_id
   where p.tenant_id = $1 and p.run_id = $4 and p.currency is null`;

const OPERATIONS = `
  select 'operation-alone', o.occurred_at > $5, o.leg, null, null::jsonb, ${OPERATION}, null::jsonb,
    null::jsonb, null::jsonb, o.operation_id
    from unsettled o`;

/**
 * The provider takes a dispute's money when it opens, and gives it back when it is won: the same rule as
 * `disputeAgrees` in the domain. `limit` keeps it from being asked of every pair at once.
 */
const CAME_BACK = `(select true from match back
  where back.tenant_id = $1 and back.operation_id = o.operation_id and back.leg = 'return' limit 1) is true`;
const IS_WON = `o.result in ('declined', 'failed')`;
const DISPUTE_AGREES = `case when o.family <> 'chargeback' then false
  when l.leg = 'return' then ${IS_WON}
  when o.result = 'pending' then true
  when ${IS_WON} then ${CAME_BACK} else false end`;

/** Pairs that are told, not only counted. */
const IS_DIFFERENT = `(l.currency <> o.currency or l.amount <> o.amount
  or (l.leg = 'payment' and l.fee <> o.fee)
  or not (o.result = 'returned' or (l.leg = 'payment' and o.result = 'succeeded') or ${DISPUTE_AGREES}))`;
const IS_LATE = `(l.leg = 'payment' and ($7::date is null or l.business_on <= $7)
  and l.business_on - o.business_on > ceil(extract(epoch from $6::timestamptz - $5::timestamptz) / 86400))`;

const sumOf = (value: string, condition: string): string =>
  `coalesce(sum(${value}) filter (where ${condition}), 0)`;

/**
 * All pairs, into `run_pair`: those that are told each for itself, the others only as sums. One walk through
 * lines, matches and operations answers what the totals, the differences and the residue ask. $5 settled
 * before, $6 as of, $7 the business date.
 */
export const ADD_UP_PAIRS = `
  insert into run_pair (tenant_id, run_id, currency, our_currency, explanation, leg, file_id, line_number,
    line_key, operation_id, is_different, is_late, pairs, amount, ours, fee, our_fee, off, more, less,
    fee_off, fee_more, fee_less)
  select $1, $4, currency, our_currency, explanation, leg, file_id, line_number, line_key, operation_id,
         is_different, is_late, count(*), sum(amount), sum(ours), sum(fee), sum(our_fee),
         count(*) filter (where off <> 0), ${sumOf('off', 'off > 0')}, ${sumOf('-off', 'off < 0')},
         count(*) filter (where fee_off <> 0), ${sumOf('fee_off', 'fee_off > 0')},
         ${sumOf('-fee_off', 'fee_off < 0')}
    from (
      select l.currency, o.currency as our_currency, m.explanation, m.leg, is_different, is_late,
             case when is_different or is_late then m.file_id end as file_id,
             case when is_different or is_late then m.line_number end as line_number,
             case when is_different or is_late then m.line_key end as line_key,
             case when is_different or is_late then m.operation_id end as operation_id,
             l.amount, o.amount as ours, l.fee, o.fee as our_fee,
             case when m.explanation in ('fx', 'rounding')
                  then l.amount - round(l.original_amount * l.fx_rate) else l.amount - o.amount end as off,
             case when l.leg = 'payment' then l.fee - o.fee end as fee_off
        from match m
        join report_line l on l.tenant_id = $1 and l.file_id = m.file_id and l.line_number = m.line_number
        join operation o on o.tenant_id = $1 and o.operation_id = m.operation_id
       cross join lateral (select ${IS_DIFFERENT} as is_different, ${IS_LATE} as is_late) told
       where m.tenant_id = $1 and m.provider = $2 and m.connection_id = $3) pair
   group by currency, our_currency, explanation, leg, file_id, line_number, line_key, operation_id,
     is_different, is_late`;

/**
 * Pairs that belong together and don't say the same (what exactly differs, and whether it is explained, the
 * domain says), and those that were settled on a later date than the provider's normal lag allows.
 */
const PAIRS = `
  select question.kind, false, pair.leg, null, ${lookUp(LINE, 'report_line l', LINE_KEY)},
    ${lookUp(OPERATION, 'operation o', OPERATION_KEY)}, null::jsonb, null::jsonb,
    ${lookUp(`jsonb_build_object('cameBack', ${CAME_BACK})`, 'operation o', OPERATION_KEY)},
    pair.line_key::text
    from run_pair pair
   cross join lateral (values ('pair-differs', pair.is_different), ('settled-late', pair.is_late))
     as question (kind, is_so)
   where pair.tenant_id = $1 and pair.run_id = $4 and pair.file_id is not null and question.is_so`;

/**
 * What the ledger booked under each operation's reference: nothing, or something else on the customer's side.
 * Payments' references: a deposit has its own; a payout is booked by its hold, and by `…:late_debit` when the
 * hold was given back too early. A payout that was tried twice books both under one reference: the try that
 * moved money is the one to compare with. One join for both questions: each is asked of every operation. The
 * subqueries are asked of the few that the join leaves.
 */
const isBooked = (suffix: string): string =>
  `exists (select from journal_entry j where ${BOOKED} and j.reference = o.ledger_reference${suffix})`;

const BOOKINGS = `
  select found.kind, o.occurred_at > $6, case found.kind when 'not-booked' then 'payment' end, null,
         null::jsonb, ${OPERATION},
         case found.kind when 'booked-differs'
           then jsonb_build_object('amount', booked.amount::text, 'currency', booked.currency) end,
         null::jsonb, null::jsonb, o.operation_id
    from operation o
    left join (select j.reference, split_part(j.asset, '/', 1) as currency,
                 abs(sum(case when j.destination like 'users:%' then j.amount else 0 end
                       - case when j.source like 'users:%' then j.amount else 0 end)) as amount
            from journal_entry j where ${BOOKED} and j.reference is not null
           group by j.reference, split_part(j.asset, '/', 1)) booked
      on booked.reference = o.ledger_reference
   cross join lateral (values
     ('not-booked', ${MOVED} and booked.reference is null and not ${isBooked(` || ':late_debit'`)}),
     ('booked-differs', booked.amount > 0
       and case when ${MOVED} then booked.amount <> o.amount or booked.currency <> o.currency
                else o.result in (${words(unmovedResults)}) and not exists (
                  select from operation other where other.tenant_id = $1
                    and other.ledger_reference = o.ledger_reference
                     and other.result in (${words(movedResults)})) end)) as found (kind, is_so)
   where ${OURS} and found.is_so`;

/** What came back goes into the wallet again, under `…:return`. */
const RETURNS = `
  select 'not-booked', o.occurred_at > $6, 'return', null, null::jsonb, ${OPERATION}, null::jsonb,
    null::jsonb, null::jsonb, o.operation_id
    from operation o
   where ${OURS} and o.result = 'returned' and not ${isBooked(` || ':return'`)}`;

/** Everything that is left over, with the columns of `run_residue` and the place by which it is ordered. */
export const RESIDUE_CTES = `${UNDONE},
  left_over as materialized (${LEFT_LINES}),
  unsettled as materialized (${UNSETTLED})`;
/** Each is a statement of its own: the memory of its joins is free before the next one begins. */
export const RESIDUES = [`${LINES} union all ${OPERATIONS}`, PAIRS, BOOKINGS, RETURNS];
