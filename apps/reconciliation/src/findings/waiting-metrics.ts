import { Injectable } from '@nestjs/common';
import { Database, Logger, Metrics } from '@defter/platform';

/** Approved by two people, and not in the ledger: see `ProposalStatus`. */
const STATES = ['approved', 'booking', 'unknown'] as const;

/** By the index proposal_due; when booking began is in the finding's history, by its key. */
const WAITING = `
  select p.status as state,
         extract(epoch from now() - min(coalesce(began.at, a.approved_at)))::float8 as seconds
    from proposal p
    join proposal_approval a
      on a.tenant_id = p.tenant_id and a.proposal_id = p.proposal_id and a.revision = p.approved_revision
    cross join lateral (
      select max(c.changed_at) as at from finding_change c
       where c.tenant_id = p.tenant_id and c.finding_id = p.finding_id
         and c.event ->> 'type' = 'FindingBookingBegan' and c.event ->> 'proposalId' = p.proposal_id) began
   where p.status in ('approved', 'booking', 'unknown')
   group by p.status`;

interface Row {
  readonly state: (typeof STATES)[number];
  readonly seconds: number;
}

/**
 * How long the oldest correction has waited, of all tenants together, read when it is asked for: `approved`
 * since its approval, `booking` and `unknown` since a run confirmed it and the ledger was to be asked. Two
 * people believe that it is done; as long as it is `booking` or `unknown`, nobody knows.
 */
@Injectable()
export class WaitingMetrics {
  constructor(database: Database, metrics: Metrics, logger: Logger) {
    metrics.gauge(
      'defter_reconciliation_correction_waiting_seconds',
      'The oldest: approved since its approval, others since booking began; 0 where there is none',
      ['state'],
      async (gauge) => {
        try {
          const rows = await database.query<Row & Record<string, unknown>>(WAITING);
          for (const state of STATES)
            gauge.set({ state }, Math.max(0, rows.find((row) => row.state === state)?.seconds ?? 0));
        } catch (error) {
          logger.warn('Corrections that wait could not be counted', { error });
        }
      },
    );
  }
}
