import type { Queryable } from '@defter/platform';
import { batchKey, bookingKey, type FindingStatus, type FindingType } from '@defter/reconciliation-domain';
import { identityOf } from '../findings/finding.js';
import { IS_OURS } from '../line-money.sql.js';
import { type Doubt, type Explanation, explanationOf, type FindingThen } from './explanation.js';
import type { BankDoubts } from './settlement-content.js';

/**
 * A finding at an instant, from its history and its proposals: what happened later doesn't show, so that a
 * report that is made again says what it said.
 */
const thenAt = (instant: string): string => `
  cross join lateral (
    select status, event from finding_change c
     where c.tenant_id = $1 and c.finding_id = f.id and c.changed_at <= ${instant}
     order by version desc limit 1) at_that_time
  cross join lateral (
    select coalesce(sum(case p.kind when 'correct' then r.amount else -r.amount end), 0) as amount,
           (array_agg(p.resolution order by p.ended_at desc) filter (where p.kind = 'correct'))[1] as how,
           (array_agg(p.transaction_id order by p.ended_at desc) filter (where p.kind = 'correct'))[1]
             as transaction_id
      from proposal p
      join proposal_revision r
        on r.tenant_id = $1 and r.proposal_id = p.proposal_id and r.revision = p.revision
     where p.tenant_id = $1 and p.finding_id = f.id and p.status = 'booked'
       and p.ended_at <= ${instant}) booked`;

const THEN = `
  f.id as finding, f.finding_type as type, at_that_time.status,
  at_that_time.event ->> 'resolution' as resolution,
  at_that_time.event ->> 'by' as by, booked.amount::text as corrected, booked.how as corrected_by,
  booked.transaction_id::text as transaction_id`;

interface ThenRow {
  readonly finding: string;
  readonly type: FindingType;
  readonly status: FindingStatus;
  readonly resolution: string | null;
  readonly by: string | null;
  readonly corrected: string;
  readonly corrected_by: string | null;
  readonly transaction_id: string | null;
}

interface LineRow extends ThenRow {
  readonly on: string;
  readonly provider: string;
  readonly connection_id: string;
  readonly report_ref: string;
  readonly currency: string;
  readonly line_key: string;
  readonly is_unmatched: boolean;
  readonly minor: string;
}

/**
 * Lines of the reports of a period that have no match or differ without a reason, with the findings that
 * tell of them. They are few; the findings are looked up for each of them by the index finding_of_line, and
 * never all read and compared: `offset 0` leaves the planner no other way, whatever it guesses.
 */
const LINES = `
  with doubt as materialized (
    select f.business_on, l.provider, l.connection_id, l.report_ref, l.currency, l.line_key, l.amount,
           m.file_id is null as is_unmatched,
           case when m.file_id is null then l.amount
                when l.currency = o.currency then abs(l.amount - o.amount) else 0 end as minor
      from report_line l
      join report_file f on f.tenant_id = $1 and f.file_id = l.file_id and f.superseded_by is null
      left join match m on m.tenant_id = $1 and m.file_id = l.file_id and m.line_number = l.line_number
      left join operation o on o.tenant_id = $1 and o.operation_id = m.operation_id
     where l.tenant_id = $1 and f.business_on >= $2 and f.business_on <= $3
       and (m.explanation = 'differs' or (m.file_id is null and ${IS_OURS})))
  select d.business_on as "on", d.provider, d.connection_id, d.report_ref, d.currency,
         d.line_key::text as line_key, d.is_unmatched, d.minor::text as minor, ${THEN}
    from doubt d
    cross join lateral (
      select id, finding_type from finding
       where tenant_id = $1 and raw #>> '{line,key}' = d.line_key::text
         and finding_type in ('missing_in_ledger', 'duplicate_settlement_line', 'amount_mismatch',
                              'fx_mismatch', 'currency_mismatch')
         and provider = d.provider and connection_id = d.connection_id
         and raw #>> '{line,amount}' = d.amount::text
         and (finding_type in ('missing_in_ledger', 'duplicate_settlement_line')) = d.is_unmatched
      offset 0) f
    ${thenAt('$4')}
   order by d.business_on desc, d.provider, d.connection_id, d.report_ref, d.line_key, f.id`;

/** What people have explained, until an instant, of the lines of reports from one date to another. */
export async function lineExplanations(
  database: Queryable,
  tenantId: string,
  { days: [from, to], asOf }: { readonly days: readonly [string, string]; readonly asOf: Date },
): Promise<Explanation[]> {
  const rows = await database.query<LineRow & Record<string, unknown>>(LINES, [tenantId, from, to, asOf]);
  const lines = new Map<string, LineRow[]>();
  for (const row of rows) {
    const key = `${row.provider} ${row.connection_id} ${row.line_key}`;
    lines.set(key, [...(lines.get(key) ?? []), row]);
  }
  return [...lines.values()].flatMap((findings) => explained(doubtOf(findings)));
}

function doubtOf(rows: readonly LineRow[]): Doubt | undefined {
  const [line] = rows;
  if (line === undefined) return undefined;
  return {
    ...{ what: 'line', on: line.on, provider: line.provider, connection: line.connection_id },
    ...{ name: line.report_ref, currency: line.currency, minor: line.minor, isUnmatched: line.is_unmatched },
    findings: rows.map(toThen),
  };
}

const explained = (doubt: Doubt | undefined): Explanation[] => {
  const explanation = doubt === undefined ? undefined : explanationOf(doubt);
  return explanation === undefined ? [] : [explanation];
};

const toThen = (row: ThenRow): FindingThen => ({
  ...{ finding: row.finding, type: row.type, status: row.status, resolution: row.resolution, by: row.by },
  ...{ corrected: row.corrected, correctedBy: row.corrected_by, transactionId: row.transaction_id },
});

interface BankRow extends ThenRow {
  readonly identity: string;
}

/** Findings about what one transfer pays, and about bookings that pay nothing we know. */
const AT_BANK = `
  select f.identity, ${THEN}
    from finding f
    ${thenAt('$3')}
   where f.tenant_id = $1 and f.identity = any ($2)`;

/** Something in doubt at the bank, and the one finding that would tell of it. */
interface BankDoubt {
  readonly identity: string;
  readonly doubt: Omit<Doubt, 'findings'>;
}

/** What people have explained, until an instant, of what is in doubt at the bank. */
export async function bankExplanations(
  database: Queryable,
  tenantId: string,
  { asOf, doubts }: { readonly asOf: Date; readonly doubts: BankDoubts },
): Promise<Explanation[]> {
  const all = bankDoubtsOf(tenantId, doubts);
  const rows = await database.query<BankRow & Record<string, unknown>>(AT_BANK, [
    ...[tenantId, all.map(({ identity }) => identity), asOf],
  ]);
  return all.flatMap(({ identity, doubt }) =>
    explained({ ...doubt, findings: rows.filter((row) => row.identity === identity).map(toThen) }),
  );
}

function bankDoubtsOf(tenantId: string, { settlements, bookings }: BankDoubts): BankDoubt[] {
  const identified = (doubt: BankDoubt['doubt'], findingType: FindingType, key: string): BankDoubt => {
    const { provider, connection: connectionId } = doubt;
    return {
      doubt,
      identity: identityOf({ tenantId, provider, connectionId }, { findingType, keys: [key] }),
    };
  };
  return [
    ...settlements.map(({ settlement: name, state, on, provider, connection, currency, ...each }) => {
      const minor = sizeOf(BigInt(each.netMinor) - BigInt(each.paidMinor));
      const doubt = { what: 'settlement', on, provider, connection, name, currency, minor } as const;
      const type = state === 'late' ? 'late_settlement' : 'batch_sum_mismatch';
      return identified({ ...doubt, isUnmatched: false }, type, batchKey({ batchRef: name, currency }));
    }),
    ...bookings.map(({ key, on, provider, connection, currency, minor: amount }) => {
      const minor = sizeOf(BigInt(amount));
      const doubt = { what: 'booking', on, provider, connection, name: key, currency, minor } as const;
      return identified({ ...doubt, isUnmatched: true }, 'bank_deposit_unmatched', bookingKey({ key }));
    }),
  ];
}

const sizeOf = (amount: bigint): string => `${amount < 0n ? -amount : amount}`;
