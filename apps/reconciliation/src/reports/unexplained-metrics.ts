import { Injectable } from '@nestjs/common';
import { Database, Logger, Metrics } from '@defter/platform';
import { Tenants } from '../tenants.js';
import type { Unexplained } from './settlement-content.js';

/** Of each tenant the report of the newest date, in its newest round. */
const NEWEST = `
  select distinct on (tenant_id) result -> 'unexplained' as unexplained
    from job_run where tenant_id = any ($1) and job = 'settlement-report' and status = 'done'
   order by tenant_id, business_on desc, round desc`;

interface Row {
  readonly unexplained: readonly Unexplained[] | null;
}

/**
 * What the newest settlement reports of all tenants leave unexplained: exactly their figures, so that nobody
 * has to choose between a report and a dashboard. It moves when a report is made.
 */
@Injectable()
export class UnexplainedMetrics {
  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    metrics: Metrics,
    logger: Logger,
  ) {
    metrics.gauge(
      'defter_reconciliation_unexplained_difference_minor',
      'Unexplained by the newest settlement reports, in the smallest unit of the currency',
      ['currency', 'at'],
      async (gauge) => {
        try {
          const all = await this.newest();
          gauge.reset();
          for (const [key, minor] of sums(all)) {
            const [currency = '', at = ''] = key.split(' ');
            gauge.set({ currency, at }, minor);
          }
        } catch (error) {
          logger.warn('What settlement reports leave unexplained could not be read', { error });
        }
      },
    );
  }

  private async newest(): Promise<Unexplained[]> {
    const ids = (await this.tenants.all()).map(({ id }) => id);
    const rows = await this.database.query<Row & Record<string, unknown>>(NEWEST, [ids]);
    return rows.flatMap(({ unexplained }) => unexplained ?? []);
  }
}

/** A gauge is a double; where a sum needs more than its 53 bits, the report has it exactly. */
function sums(all: readonly Unexplained[]): Map<string, number> {
  const sum = new Map<string, number>();
  for (const { currency, at, minor } of all) {
    const key = `${currency} ${at}`;
    sum.set(key, (sum.get(key) ?? 0) + parseInt(minor, 10));
  }
  return sum;
}
