import type { Queryable } from '@defter/platform';
import type { Changes, OpenFinding } from './daily-content.js';
import type { BySeverity } from './report.js';
import { turkishMessage } from './turkish-message.js';

interface Row {
  readonly id: string;
  readonly finding_type: string;
  readonly severity: keyof BySeverity;
  readonly status: string;
  readonly provider: string;
  readonly connection_id: string;
  readonly message: string;
  readonly raw: Readonly<Record<string, unknown>>;
  readonly action: string;
  readonly action_sentence: string;
  readonly first_seen_at: Date;
  readonly at_stake: string | null;
  readonly currency: string | null;
  readonly reference: string | null;
  readonly player_id: string | null;
}

/**
 * What was open at an instant, from the findings' histories: a report of yesterday says tomorrow what it
 * says today. What was closed by then and is still closed needs no history.
 */
const OPEN_AT = `
  select f.id, f.finding_type, f.provider, f.connection_id, f.message, f.raw, f.action,
         f.action_sentence,
         f.first_seen_at, f.player_id, at_that_time.status, coalesce(risk.severity, f.severity) as severity,
         f.risk_inputs ->> 'atStake' as at_stake, nullif(f.risk_inputs ->> 'currency', '') as currency,
         coalesce(f.tx_id, f.provider_ref, f.provider_event_id) as reference
    from finding f
    cross join lateral (
      select status from finding_change c
       where c.tenant_id = $1 and c.finding_id = f.id and c.changed_at <= $2
       order by version desc limit 1) at_that_time
    left join lateral (
      select event ->> 'severity' as severity from finding_change c
       where c.tenant_id = $1 and c.finding_id = f.id and c.changed_at <= $2 and c.event ? 'severity'
       order by version desc limit 1) risk on true
   where f.tenant_id = $1 and (f.closed_at is null or f.closed_at > $2)
     and at_that_time.status not in ('resolved', 'accepted_risk', 'auto_resolved')`;

export async function openFindings(
  database: Queryable,
  tenantId: string,
  asOf: Date,
): Promise<OpenFinding[]> {
  const rows = await database.query<Row>(OPEN_AT, [tenantId, asOf]);
  return rows.map((row) => ({
    ...{ id: row.id, type: row.finding_type, severity: row.severity, status: row.status },
    ...{ provider: row.provider, connection: row.connection_id, message: row.message },
    messageTr: turkishMessage(row.finding_type, row.raw),
    ...{ action: row.action, sentence: row.action_sentence, since: row.first_seen_at.toISOString() },
    amount: row.currency === null ? null : absolute(row.at_stake),
    ...{ currency: row.currency, reference: row.reference, customer: row.player_id },
  }));
}

const absolute = (amount: string | null): string => (amount ?? '0').replace('-', '');

const CHANGES = `
  select c.event ->> 'type' as type, coalesce(c.event ->> 'severity', f.severity) as severity,
         count(*)::int as count
    from finding_change c join finding f on f.tenant_id = $1 and f.id = c.finding_id
   where c.tenant_id = $1 and c.changed_at > $2 and c.changed_at <= $3 group by 1, 2`;

interface ChangeRow {
  readonly type: string;
  readonly severity: keyof BySeverity;
  readonly count: number;
}

const backTypes: ReadonlySet<string> = new Set(['FindingCameBack', 'FindingReopened']);

/** What happened to findings after an instant, up to another. */
export async function changesBetween(
  database: Queryable,
  tenantId: string,
  [since, asOf]: readonly [Date, Date],
): Promise<Changes> {
  const rows = await database.query<ChangeRow>(CHANGES, [tenantId, since, asOf]);
  const sum = (is: (type: string) => boolean): number =>
    rows.filter(({ type }) => is(type)).reduce((total, { count }) => total + count, 0);
  const raised = { HIGH: 0, MED: 0, LOW: 0 };
  for (const { type, severity, count } of rows) if (type === 'FindingRaised') raised[severity] += count;
  return {
    raised,
    cameBack: sum((type) => backTypes.has(type)),
    closedByPeople: sum((type) => type === 'FindingResolved'),
    closedByThemselves: sum((type) => type === 'FindingAutoResolved'),
  };
}
