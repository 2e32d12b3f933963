import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@defter/platform';
import { nextRunStatus, type RunStatus } from '@defter/reconciliation-domain';
import { MATCH_BY_OPERATION, MATCH_BY_REFERENCE, MATCH_BY_REFERENCE_AND_AMOUNT } from './match.sql.js';
import { FREEZE_RESIDUE } from './residue.sql.js';
import type { RunRow } from './run.js';
import { RunQueue } from './run-queue.js';
import {
  RESIDUE_COUNTS,
  type ResidueCountRow,
  TOTALS,
  type TotalsRow,
  UNSETTLED,
  type UnsettledRow,
} from './totals.sql.js';

const PASSES = [
  ['1', MATCH_BY_OPERATION],
  ['2', MATCH_BY_REFERENCE_AND_AMOUNT],
  ['3', MATCH_BY_REFERENCE],
] as const;

/**
 * The tables' statistics are stale by the size of a whole report here (it came a moment ago), and with them
 * the planner has joined 200,000 lines to 200,000 operations by nested loops: over a minute instead of
 * seconds. Hash joins are linear whatever the statistics say.
 */
const HASH_JOINS = `
  select set_config('enable_nestloop', 'off', true), set_config('enable_mergejoin', 'off', true),
         set_config('jit', 'off', true), set_config('work_mem', '128MB', true)`;

/**
 * Second step: finds the pairs and freezes what is left over. All in one snapshot (repeatable read): an
 * event that arrives between two passes must not make one side look alone.
 */
@Injectable()
export class MatchLines {
  constructor(
    private readonly database: Database,
    private readonly queue: RunQueue,
  ) {}

  /** @throws RunTakenOver */
  async run(run: RunRow): Promise<RunStatus> {
    const work = async (tx: Transaction): Promise<RunStatus> => {
      await this.queue.enter(tx, run, 'matching');
      const counts = await match(tx, run);
      const status = nextRunStatus('matching');
      await this.queue.advance(tx, run, { status, counts });
      return status;
    };
    return this.database.transaction(work, { isolation: 'repeatable read' });
  }
}

async function match(tx: Transaction, run: RunRow): Promise<Record<string, unknown>> {
  const scope = [run.tenant_id, run.provider, run.connection_id, run.run_id];
  await tx.query(HASH_JOINS);
  const newMatches: Record<string, number> = {};
  for (const [pass, statement] of PASSES) newMatches[pass] = await countOf(tx, statement, scope);
  await tx.query(FREEZE_RESIDUE, [...scope, run.settled_before, run.known_before, run.business_on]);
  const residue = await tx.query<ResidueCountRow>(RESIDUE_COUNTS, [run.tenant_id, run.run_id]);
  const unsettled = await tx.query<UnsettledRow>(UNSETTLED, [run.tenant_id, run.run_id]);
  const totals = await tx.query<TotalsRow>(TOTALS, scope.slice(0, 3));
  return {
    new_matches: newMatches,
    residue: residue.map((row) => ({ ...row, count: `${row.count}` })),
    totals: totals.map((row) => ({
      ...row,
      matched_lines: `${row.matched_lines}`,
      unmatched_lines: `${row.unmatched_lines}`,
    })),
    unsettled: unsettled.map((row) => ({ ...row, operations: `${row.operations}` })),
  };
}

/** Counts in the database: a million returned rows would only be counted here. */
async function countOf(tx: Transaction, insert: string, parameters: readonly unknown[]): Promise<number> {
  const sql = `with inserted as (${insert} returning 1) select count(*)::int as count from inserted`;
  const [row] = await tx.query<{ count: number }>(sql, parameters);
  return row?.count ?? 0;
}
