import { Injectable } from '@nestjs/common';
import { Database, Fault, Logger, sqlStateOf } from '@defter/platform';
import { isActiveRun, maxRunAttempts } from '@defter/reconciliation-domain';
import { type RunRow, RunFailure, RunTakenOver } from './run.js';
import { RunQueue } from './run-queue.js';
import { RunSteps } from './run-steps.js';

const RETRY_STEP_MS = 500;
const RETRY_LIMIT_MS = 30_000;
/** So many signs of life fit into a lease: one that comes late costs nothing. */
const BEATS_PER_LEASE = 3;
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Carries a run out, step by step. Dying anywhere is harmless: the lease runs out, and another process goes
 * on at the step that was not committed.
 */
@Injectable()
export class RunExecutor {
  constructor(
    private readonly database: Database,
    private readonly queue: RunQueue,
    private readonly steps: RunSteps,
    private readonly logger: Logger,
  ) {}

  /**
   * Carries out one waiting run of the tenant; between steps it asks whether to stop. Never throws: what
   * fails is logged, and the run's lease brings it back. @returns false when there was nothing to do, or
   * nothing could be done
   */
  async once(tenantId: string, stopping: () => boolean): Promise<boolean> {
    try {
      const run = await this.queue.claim(tenantId);
      if (run === undefined) return false;
      this.queue.reach('run.after-claim');
      await this.alive(run, () => this.execute(run, stopping)).catch((error: unknown) =>
        this.giveUp(run, error),
      );
      return true;
    } catch (error) {
      this.logger.warn('Looking for runs failed', { tenantId, error });
      return false;
    }
  }

  /** Renews the lease while the work lasts: a slow provider must not look like a dead worker. */
  private async alive(run: RunRow, work: () => Promise<void>): Promise<void> {
    const { tenant_id: tenantId, run_id: runId } = run;
    let beating = Promise.resolve();
    const beat = (): void => {
      beating = this.queue.beat(run).catch((error: unknown) => {
        this.logger.warn('A run’s lease was not renewed', { tenantId, runId, error });
      });
    };
    const timer = setInterval(beat, this.queue.leaseMs / BEATS_PER_LEASE);
    try {
      await work();
    } finally {
      clearInterval(timer);
      // One that comes late would hold the run for a whole lease after its end.
      await beating;
    }
  }

  private async execute(run: RunRow, stopping: () => boolean): Promise<void> {
    if (run.attempt - run.excused > maxRunAttempts) {
      throw new RunFailure('attempts-exhausted', `Begun ${maxRunAttempts} times and never ended`);
    }
    let { status } = run;
    while (isActiveRun(status) && !stopping()) status = await this.steps.next(run, status);
    if (isActiveRun(status)) await this.queue.later(run, 0);
    this.logger.info('Run', { tenantId: run.tenant_id, runId: run.run_id, status });
  }

  /**
   * What can't be helped ends the run; everything else is tried again, later each time, up to the last
   * attempt. Waiting for another step or file of the connection is no failure, and may last.
   */
  private async giveUp(run: RunRow, error: unknown): Promise<void> {
    if (error instanceof RunTakenOver) return;
    const facts = { tenantId: run.tenant_id, runId: run.run_id, attempt: run.attempt, error };
    if (waitsForLock(error)) {
      this.logger.info('Run waits for another step of its connection', facts);
      return this.queue.later(run, pauseAfter(run.excused), true);
    }
    const counted = run.attempt - run.excused;
    if (error instanceof RunFailure || counted >= maxRunAttempts) {
      this.logger.error('Run failed', facts);
      await this.database.transaction((tx) => this.queue.fail(tx, run, failureOf(error)));
      return;
    }
    this.logger.warn('Run is tried again', facts);
    await this.queue.later(run, pauseAfter(counted));
  }
}

/** Longer each time: an attempt that only waits asks the provider for its list, too. */
const pauseAfter = (attempts: number): number => Math.min(RETRY_STEP_MS * 2 ** attempts, RETRY_LIMIT_MS);

const waitsForLock = (error: unknown): boolean =>
  error instanceof Fault && sqlStateOf(error.cause) === LOCK_NOT_AVAILABLE;

/** The caller hears what kept a run from ending, but nothing of a bug's insides. */
function failureOf(error: unknown): { code: string; detail: string } {
  if (error instanceof RunFailure) return { code: error.code, detail: error.message };
  const detail = error instanceof Fault ? error.message : 'A step kept failing; the log names the reason';
  return { code: 'step-failed', detail };
}
