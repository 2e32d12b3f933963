import { Injectable } from '@nestjs/common';
import { Database, Logger, Metrics } from '@defter/platform';
import { Tenants } from '../tenants.js';
import { lastLook } from './last-look.read.js';

const NAMES = ['payouts', 'operations', 'parked', 'late'] as const;

/** What stood still at the last look, whichever process looked; of all tenants together. */
@Injectable()
export class StuckMetrics {
  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    metrics: Metrics,
    logger: Logger,
  ) {
    metrics.gauge(
      'defter_reconciliation_stuck_count',
      'What stood still when detect-stuck last looked',
      ['what'],
      async (gauge) => {
        try {
          for (const [what, count] of await this.counts()) gauge.set({ what }, count);
        } catch (error) {
          logger.warn('What is stuck could not be read', { error });
        }
      },
    );
  }

  private async counts(): Promise<Map<string, number>> {
    const counts = new Map<string, number>(NAMES.map((name) => [name, 0]));
    const add = (name: string, more: number): void => void counts.set(name, (counts.get(name) ?? 0) + more);
    for (const { id } of await this.tenants.all()) {
      const { result } = (await lastLook(this.database, id)) ?? {};
      if (result === null || result === undefined) continue;
      for (const name of ['payouts', 'operations', 'parked'] as const) add(name, result[name] ?? 0);
      add('late', result.late.length);
    }
    return counts;
  }
}
