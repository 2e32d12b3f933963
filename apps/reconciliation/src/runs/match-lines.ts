import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Transaction } from '@defter/platform';
import { nextRunStatus, type RunStatus } from '@defter/reconciliation-domain';
import type { Config } from '../config.js';
import { MATCH_BATCH_BY_ID, MATCH_BATCH_BY_SUM, REOPEN_BATCHES } from './bank.sql.js';
import { FREEZE_RESIDUE } from './freeze-residue.sql.js';
import {
  MATCH_BY_OPERATION,
  MATCH_BY_PERSON,
  MATCH_BY_REFERENCE,
  MATCH_BY_REFERENCE_AND_AMOUNT,
  MATCH_IN_WINDOW,
} from './match.sql.js';
import { MatchingDatabase } from './matching-database.js';
import { readNumbers } from './numbers.js';
import type { RunRow } from './run.js';
import { RunQueue } from './run-queue.js';

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
    private readonly database: MatchingDatabase,
    private readonly queue: RunQueue,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws RunTakenOver */
  async run(run: RunRow): Promise<RunStatus> {
    const work = async (tx: Transaction): Promise<RunStatus> => {
      await this.queue.enter(tx, run, 'matching');
      const counts = await this.match(tx, run);
      const status = nextRunStatus('matching');
      await this.queue.advance(tx, run, { status, counts });
      return status;
    };
    const status = await this.database.inOneSnapshot(work);
    this.queue.reach('match.after-commit');
    return status;
  }

  private async match(tx: Transaction, run: RunRow): Promise<Record<string, unknown>> {
    const scope = [run.tenant_id, run.provider, run.connection_id, run.run_id];
    await tx.query(HASH_JOINS);
    const newMatches: Record<string, number> = {};
    for (const [pass, statement, ...more] of this.passes()) {
      newMatches[pass] = (newMatches[pass] ?? 0) + (await countOf(tx, statement, [...scope, ...more]));
      this.queue.reach('match.after-pass');
    }
    const limits = [run.settled_before, run.known_before, run.business_on, run.as_of];
    let frozen = 0;
    for (const statement of FREEZE_RESIDUE)
      frozen += await countOf(tx, statement, [...scope, ...limits, frozen]);
    this.queue.reach('match.after-residue');
    return { new_matches: newMatches, ...(await readNumbers(tx, run)) };
  }

  /** In the order in which they take what the ones before left over. */
  private passes(): readonly (readonly [pass: string, statement: string, ...parameters: unknown[]])[] {
    const { matchWindowMs, bankWindowDays } = this.config;
    return [
      ['0', MATCH_BY_PERSON],
      ['1', MATCH_BY_OPERATION],
      ['2', MATCH_BY_REFERENCE_AND_AMOUNT],
      ['3', MATCH_BY_REFERENCE],
      ['reopened', REOPEN_BATCHES],
      ['4', MATCH_BATCH_BY_ID],
      ['4', MATCH_BATCH_BY_SUM, bankWindowDays],
      ['5', MATCH_IN_WINDOW, matchWindowMs],
    ];
  }
}

/** Counts in the database: a million returned rows would only be counted here. */
async function countOf(tx: Transaction, change: string, parameters: readonly unknown[]): Promise<number> {
  const sql = `with changed as (${change} returning 1) select count(*)::int as count from changed`;
  const [row] = await tx.query<{ count: number }>(sql, parameters);
  return row?.count ?? 0;
}
