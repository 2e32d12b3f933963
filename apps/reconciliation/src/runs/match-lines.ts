import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Logger, type Transaction } from '@defter/platform';
import { nextRunStatus, type RunStatus } from '@defter/reconciliation-domain';
import type { Config } from '../config.js';
import { ADD_UP_BATCHES, MATCH_BATCH_BY_ID, MATCH_BATCH_BY_SUM, REOPEN_BATCHES } from './bank.sql.js';
import { FREEZE_RESIDUE } from './freeze-residue.sql.js';
import {
  counted,
  FORGET_WORK,
  FORGET_OUTDONE,
  FORGET_REVOKED,
  HAS_LINKS,
  MATCH_BY_OPERATION,
  MATCH_BY_PERSON,
  MATCH_BY_REFERENCE,
  MATCH_BY_REFERENCE_AND_AMOUNT,
  MATCH_IN_WINDOW,
} from './match.sql.js';
import { HASH_JOINS, MatchingDatabase } from './matching-database.js';
import { readNumbers } from './numbers.js';
import { ADD_UNSETTLED, ADD_UP_PAIRS } from './residue.sql.js';
import type { RunRow } from './run.js';
import { RunQueue } from './run-queue.js';
import { Stopwatch } from './stopwatch.js';

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
    private readonly logger: Logger,
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
    const { settled_before, known_before, business_on, as_of } = run;
    const stopwatch = new Stopwatch();
    await tx.query(HASH_JOINS);
    await stopwatch.time('batches', () => tx.query(ADD_UP_BATCHES, scope));
    await forgetLinks(tx, scope.slice(0, 3));
    const newMatches: Record<string, number> = {};
    for (const [pass, statement, ...more] of this.passes()) {
      const values = [...scope, ...more];
      const count = await stopwatch.time(`pass ${pass}`, () => countOf(tx, statement, values));
      newMatches[pass] = (newMatches[pass] ?? 0) + count;
      this.queue.reach('match.after-pass');
    }
    const pairs = [...scope, settled_before, as_of, business_on];
    await stopwatch.time('pairs', () => tx.query(ADD_UP_PAIRS, pairs));
    await stopwatch.time('unsettled', () => tx.query(ADD_UNSETTLED, [...scope, business_on]));
    let frozen = 0;
    for (const [index, statement] of FREEZE_RESIDUE.entries()) {
      const values = [...scope, settled_before, known_before, business_on, as_of, frozen];
      frozen += await stopwatch.time(`residue ${index + 1}`, () => countOf(tx, statement, values));
    }
    this.queue.reach('match.after-residue');
    const numbers = await stopwatch.time('numbers', () => readNumbers(tx, run));
    for (const statement of FORGET_WORK) await tx.query(statement, [run.tenant_id, run.run_id]);
    this.logger.info('Matching took', { tenantId: run.tenant_id, runId: run.run_id, ms: stopwatch.ms });
    return { new_matches: newMatches, ...numbers };
  }

  /** In the order in which they take what the ones before left over. */
  private passes(): readonly (readonly [pass: string, statement: string, ...parameters: unknown[]])[] {
    const { matchWindowMs, bankWindowDays } = this.config;
    return [
      ['1', MATCH_BY_OPERATION],
      ['0', MATCH_BY_PERSON],
      ['2', MATCH_BY_REFERENCE_AND_AMOUNT],
      ['3', MATCH_BY_REFERENCE],
      ['reopened', counted(REOPEN_BATCHES)],
      ['4', counted(MATCH_BATCH_BY_ID)],
      ['4', counted(MATCH_BATCH_BY_SUM), bankWindowDays],
      ['5', MATCH_IN_WINDOW, matchWindowMs],
    ];
  }
}

/** What people linked, and what holds no longer. Most connections have no links, and walk through nothing. */
async function forgetLinks(tx: Transaction, connection: readonly string[]): Promise<void> {
  if ((await tx.query(HAS_LINKS, connection)).length === 0) return;
  await tx.query(FORGET_REVOKED, connection);
  await tx.query(FORGET_OUTDONE, connection);
}

async function countOf(tx: Transaction, sql: string, parameters: readonly unknown[]): Promise<number> {
  const [row] = await tx.query<{ count: number }>(sql, parameters);
  return row?.count ?? 0;
}
