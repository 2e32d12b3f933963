import { Injectable } from '@nestjs/common';
import { enqueue, type Transaction } from '@defter/platform';
import { columns } from '../columns.js';
import { toObservationMessage } from '../publishing/observation.message.js';
import { OPEN_MATCHES, type OpenMatchRow, REMEMBER } from './open-matches.sql.js';
import { type ReportObservation, toObservation } from './report-observation.js';
import type { RunRow } from './run.js';

const ROWS_PER_PAGE = 500;

/**
 * Tells payments what matched lines prove about operations whose money it doesn't hold for moved, once per
 * line and content. What the run classifies stays a finding until payments has applied it; the next run
 * then sees an operation that agrees, and closes the finding.
 */
@Injectable()
export class TellObservations {
  /** In the run's transaction: told if and only if it commits. @returns how many are told now */
  async tell(tx: Transaction, run: RunRow): Promise<number> {
    const { tenant_id: tenantId, provider, connection_id: connectionId } = run;
    let told = 0;
    for (let after = ['', '']; ;) {
      const page = [tenantId, provider, connectionId, ...after, ROWS_PER_PAGE];
      const rows = await tx.query<OpenMatchRow>(OPEN_MATCHES, page);
      const last = rows.at(-1);
      if (last === undefined) return told;
      after = [last.operation_id, last.leg];
      const seen = rows.flatMap((row) => toObservation(row, run) ?? []);
      const news = await remember(tx, run, seen);
      const fresh = seen.filter(({ body }) => news.has(body.observationId));
      await enqueue(
        tx,
        fresh.map(({ body }) => toObservationMessage(tenantId, body)),
      );
      told += fresh.length;
    }
  }
}

/** Notes what is told. @returns the ids of those that weren't told before */
async function remember(
  tx: Transaction,
  run: RunRow,
  seen: readonly ReportObservation[],
): Promise<ReadonlySet<string>> {
  const rows = seen.map(({ leg, lineKey, body }) => ({ ...body, leg, lineKey }));
  const values = columns(rows, ['observationId', 'operationId', 'leg', 'lineKey', 'result']);
  const news = await tx.query<{ observation_id: string }>(REMEMBER, [run.tenant_id, run.run_id, ...values]);
  return new Set(news.map(({ observation_id }) => observation_id));
}
