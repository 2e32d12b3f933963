import { Injectable } from '@nestjs/common';
import { Database, Logger, Metrics } from '@defter/platform';

/** By the index finding_live, which has the open ones only. Its condition to the letter. */
const OPEN = `
  select severity, finding_type as type, count(*)::int as count,
         extract(epoch from now() - min(first_seen_at))::float8 as seconds
    from finding where status in ('open', 'acknowledged', 'in_progress', 'proposed', 'reopened')
   group by severity, finding_type`;

interface Row {
  readonly severity: string;
  readonly type: string;
  readonly count: number;
  readonly seconds: number;
}

/** Open findings of all tenants together, read when they are asked for. */
@Injectable()
export class FindingMetrics {
  constructor(database: Database, metrics: Metrics, logger: Logger) {
    const labels = ['severity', 'type'] as const;
    const age = metrics.gauge(
      'defter_reconciliation_oldest_finding_seconds',
      'Age of the oldest open finding',
      labels,
    );
    metrics.gauge(
      'defter_reconciliation_findings_count',
      'Open findings by risk and type',
      labels,
      async (gauge) => {
        try {
          const rows = await database.query<Row>(OPEN);
          // What is closed has no row any more.
          for (const each of [gauge, age]) each.reset();
          for (const { severity, type, count, seconds } of rows) {
            gauge.set({ severity, type }, count);
            age.set({ severity, type }, Math.max(0, seconds));
          }
        } catch (error) {
          logger.warn('Open findings could not be counted', { error });
        }
      },
    );
  }
}
