import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { parseSettings } from '@defter/backoffice-contracts';
import { CLOCK, CONFIG, Database, Fault, Lifecycle, Logger, SettingsFile } from '@defter/platform';
import { maxRunAttempts, type RunStatus } from '@defter/reconciliation-domain';
import type { Config } from '../config.js';
import { ClassifyResidue } from './classify-residue.step.js';
import { IngestReports } from './ingest-reports.step.js';
import { MatchLines } from './match-lines.step.js';
import { type RunRow, RunFailure, RunTakenOver } from './run.js';
import { RunQueue } from './run-queue.js';
import { RUN_REQUESTED } from './run-requests.js';

const RETRY_STEP_MS = 500;
const RETRY_LIMIT_MS = 30_000;

/**
 * Carries out waiting runs, one at a time per process. Dying anywhere is harmless: the lease runs out, and another
 * process goes on at the step that was not committed.
 */
@Injectable()
export class RunExecutor {
  private stopping = false;
  private wake: () => void = () => undefined;
  private loop: Promise<void> = Promise.resolve();

  // One parameter per injected thing is Nest's form.
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly settings: SettingsFile,
    private readonly database: Database,
    private readonly queue: RunQueue,
    private readonly ingest: IngestReports,
    private readonly match: MatchLines,
    private readonly classify: ClassifyResidue,
    private readonly logger: Logger,
    lifecycle: Lifecycle,
  ) {
    lifecycle.register({ name: 'run executor', start: () => this.start(), stop: () => this.stop() });
  }

  /** Carries out one waiting run of any tenant. @returns false when there was none */
  async once(): Promise<boolean> {
    const { tenants } = await this.settings.read(parseSettings);
    for (const { id } of tenants) {
      const run = await this.queue.claim(id, this.config.runLeaseMs);
      if (run === undefined) continue;
      await this.execute(run);
      return true;
    }
    return false;
  }

  private start(): Promise<void> {
    this.database.onSignal(RUN_REQUESTED, () => this.wake());
    this.loop = this.work();
    return Promise.resolve();
  }

  private async stop(): Promise<void> {
    this.stopping = true;
    this.wake();
    await this.loop;
  }

  private async work(): Promise<void> {
    while (!this.stopping) {
      try {
        if (await this.once()) continue;
      } catch (error) {
        this.logger.warn('Looking for runs failed', { error });
      }
      await this.pause();
    }
  }

  /** Until the next poll, a new run in this process, or the stop. */
  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.config.runPollMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.stopping) this.wake();
    });
  }

  private async execute(run: RunRow): Promise<void> {
    try {
      if (run.attempt > maxRunAttempts) throw new RunFailure('attempts-exhausted', `Tried ${maxRunAttempts} times`);
      let { status } = run;
      while (!this.stopping && status !== 'completed' && status !== 'failed') status = await this.step(run, status);
      if (this.stopping) await this.queue.later(run, 0);
      this.logger.info('Run', { tenantId: run.tenant_id, runId: run.run_id, status });
    } catch (error) {
      await this.giveUp(run, error);
    }
  }

  private step(run: RunRow, status: RunStatus): Promise<RunStatus> {
    switch (status) {
      case 'queued':
      case 'ingesting':
        return this.ingest.run(run);
      case 'matching':
        return this.match.run(run);
      default:
        return this.classify.run(run);
    }
  }

  /** What can't be helped ends the run; everything else is tried again, later each time, up to the last attempt. */
  private async giveUp(run: RunRow, error: unknown): Promise<void> {
    if (error instanceof RunTakenOver) return;
    const facts = { tenantId: run.tenant_id, runId: run.run_id, attempt: run.attempt, error };
    if (error instanceof RunFailure || run.attempt >= maxRunAttempts) {
      this.logger.error('Run failed', facts);
      const failure = error instanceof RunFailure ? failureOf(error) : { code: 'step-failed', detail: reasonOf(error) };
      await this.database.transaction((tx) => this.queue.fail(tx, run, failure, this.clock.now()));
      return;
    }
    this.logger.warn('Run is tried again', facts);
    await this.queue.later(run, Math.min(RETRY_STEP_MS * 2 ** run.attempt, RETRY_LIMIT_MS));
  }
}

const failureOf = ({ code, message }: RunFailure): { code: string; detail: string } => ({ code, detail: message });

/** The caller hears what kept a step from ending, but nothing of a bug's insides. */
const reasonOf = (error: unknown): string =>
  error instanceof Fault ? error.message : 'A step kept failing; the log names the reason under the run’s id';
