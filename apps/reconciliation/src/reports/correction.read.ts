import type { Queryable } from '@defter/platform';
import type { ReportedCorrection } from './daily-content.js';

/**
 * Proposals that ended or were reverted after an instant, up to another, and those that were open then. What
 * happened later doesn't show: a report that is made again says what it said.
 */
const CORRECTIONS = `
  select p.proposal_id as id, p.finding_id as finding, f.finding_type as type, p.kind, p.resolution,
         case when p.reverted_at <= $3 then 'reverted' when p.ended_at <= $3 then p.status else 'open'
         end as status,
         r.amount::text as amount, r.entries -> 0 ->> 'asset' as asset, r.reason,
         p.proposed_by as "proposedBy",
         case when a.approved_at <= $3 then a.approved_by end as "approvedBy",
         case when p.ended_at <= $3 then p.transaction_id::text end as "transactionId",
         case when p.ended_at <= $3 then p.end_reason end as "endReason"
    from proposal p
    join finding f on f.tenant_id = $1 and f.id = p.finding_id
    join lateral (
      select * from proposal_revision r
       where r.tenant_id = $1 and r.proposal_id = p.proposal_id and r.revised_at <= $3
       order by r.revision desc limit 1) r on true
    left join proposal_approval a
      on a.tenant_id = $1 and a.proposal_id = p.proposal_id and a.revision = r.revision
   where p.tenant_id = $1 and p.proposed_at <= $3
     and (p.ended_at is null or p.ended_at > $2 or p.reverted_at > $2)
   order by p.proposed_at, p.proposal_id limit 1000`;

export const correctionsBetween = (
  database: Queryable,
  tenantId: string,
  [since, asOf]: readonly [Date, Date],
): Promise<ReportedCorrection[]> =>
  database.query<ReportedCorrection & Record<string, unknown>>(CORRECTIONS, [tenantId, since, asOf]);
