import { Inject, Injectable } from '@nestjs/common';
import { Logger, type Transaction } from '@defter/platform';
import { classify, nextRunStatus, type RunStatus } from '@defter/reconciliation-domain';
import { FindingRecorder, type Sighting } from '../finding-recorder.js';
import { MatchingDatabase } from './matching-database.js';
import { type ResidueRow, toResidue } from './residue-row.js';
import { type RunRow, sightingOf } from './run.js';
import { RunQueue } from './run-queue.js';
import { Stopwatch } from './stopwatch.js';
import { TellToPayments } from './tell-to-payments.js';

const ROWS_PER_PAGE = 1_000;

const READ_RESIDUE = `
  select residue_number, kind, expected, leg, matched_by, line, operation, booked, candidates, facts
    from run_residue
   where tenant_id = $1 and run_id = $2 and residue_number > $3
     order by residue_number limit ${ROWS_PER_PAGE}`;

const FORGET_RESIDUE = `delete from run_residue where tenant_id = $1 and run_id = $2`;

/**
 * Third step: what is left over becomes findings; what was a finding and isn't left over any more is
 * closed. What the matched lines prove is told to payments.
 */
@Injectable()
export class ClassifyResidue {
  @Inject(Logger) private readonly logger!: Logger;

  constructor(
    private readonly database: MatchingDatabase,
    private readonly queue: RunQueue,
    private readonly findings: FindingRecorder,
    private readonly payments: TellToPayments,
  ) {}

  /** @throws RunTakenOver */
  async run(run: RunRow): Promise<RunStatus> {
    const ended = await this.database.transaction(async (tx) => {
      const at = await this.queue.enter(tx, run, 'classifying');
      const sighting = sightingOf(run, 'run', at);
      const stopwatch = new Stopwatch();
      const counts = await stopwatch.time('findings', () => this.classify(tx, run, sighting));
      const closing = () => this.findings.closeUnseen(tx, sighting, run.business_on);
      const autoResolved = await stopwatch.time('close unseen', closing);
      const told = await this.payments.tell(tx, run, stopwatch);
      this.queue.reach('classify.after-tell');
      this.logger.info('Classifying took', { tenantId: run.tenant_id, runId: run.run_id, ms: stopwatch.ms });
      await tx.query(FORGET_RESIDUE, [run.tenant_id, run.run_id]);
      const status = nextRunStatus('classifying');
      await this.queue.advance(tx, run, { status, counts: { ...counts, auto_resolved: autoResolved, told } });
      this.queue.reach('classify.before-commit');
      return status;
    });
    this.queue.reach('classify.after-commit');
    return ended;
  }

  private async classify(tx: Transaction, run: RunRow, sighting: Sighting): Promise<Record<string, number>> {
    const sum = { findings: 0, expected: 0, raised: 0, reopened: 0, changed: 0 };
    const asOn = run.as_of.toISOString().slice(0, 10);
    for (let after = 0; ;) {
      const rows = await tx.query<ResidueRow>(READ_RESIDUE, [run.tenant_id, run.run_id, after]);
      const last = rows.at(-1);
      if (last === undefined) return sum;
      after = last.residue_number;
      const found = (are: readonly ResidueRow[]) => are.flatMap((row) => classify(toResidue(row), asOn));
      const due = found(rows.filter(({ expected }) => !expected));
      const expected = found(rows.filter((row) => row.expected));
      const recorded = await this.findings.observe(tx, sighting, due);
      await this.findings.stillThere(tx, sighting, expected);
      this.queue.reach('classify.after-page');
      sum.findings += due.length;
      sum.expected += expected.length;
      for (const name of ['raised', 'reopened', 'changed'] as const) sum[name] += recorded[name];
    }
  }
}
