import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, CrashPoints, Database, Lifecycle, Logger, Metrics } from '@defter/platform';
import type { LedgerConfig } from '../config.js';
import type { CrashPoint } from '../crash-points.js';
import { MismatchMetrics } from '../mismatch-metrics.js';
import { BatchCommitter, type Prepared } from './commit-batch.js';
import { WRITER_SESSION } from './head.js';
import { BATCH_LIMITS, LedgerWriter, type Stages } from './ledger-writer.js';
import { MemoryBudget } from './memory-budget.js';
import type { Group, Outcome } from './submission.js';

/** Signalled in this process after each commit of events. */
export const COMMITTED = 'ledger committed';

const BATCH_SIZES = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000];

/** The writers of all ledgers that this replica wrote to; they share a bounded number of connections. */
@Injectable()
export class Writers {
  private readonly writers = new Map<number, LedgerWriter<Prepared>>();
  private sessions: Database | undefined;
  private budget: MemoryBudget | undefined;
  private readonly batchSize;
  private readonly mismatches: MismatchMetrics;

  @Inject(CONFIG) private readonly config!: LedgerConfig;
  @Inject(CrashPoints) private readonly crash!: CrashPoints<CrashPoint>;

  constructor(
    private readonly database: Database,
    private readonly logger: Logger,
    lifecycle: Lifecycle,
    metrics: Metrics,
  ) {
    this.mismatches = new MismatchMetrics(metrics);
    this.batchSize = metrics.histogram(
      'defter_ledger_batch_commands',
      'Commands in one commit',
      [],
      BATCH_SIZES,
    );
    metrics.gauge('defter_ledger_memory_balances', 'Balances that the writers keep in memory', [], (gauge) =>
      gauge.set(this.budget?.entries ?? 0),
    );
    metrics.gauge('defter_ledger_queue_commands', 'Commands that wait for a commit', [], (gauge) =>
      gauge.set([...this.writers.values()].reduce((sum, { waiting }) => sum + waiting, 0)),
    );
    lifecycle.register({ name: 'ledger-writers', start: async () => undefined, stop: () => this.stop() });
  }

  /** Hands a group to its ledger's writer; resolves after the commit. */
  submit(ledgerId: number, group: Group): Promise<readonly Outcome[]> {
    return this.writerOf(ledgerId).submit(group);
  }

  private writerOf(ledgerId: number): LedgerWriter<Prepared> {
    const present = this.writers.get(ledgerId);
    if (present !== undefined) return present;
    const committer = new BatchCommitter(this.pool, this.logger, ledgerId, (rows) =>
      this.mismatches.count(rows),
    );
    const stages: Stages<Prepared> = {
      prepare: (groups) => committer.prepare(groups),
      write: async (groups, prepared) => {
        this.crash.reach('engine.before-commit');
        const outcomes = await committer.write(groups, prepared);
        this.crash.reach('engine.after-commit');
        this.memory.used(committer);
        this.batchSize.observe({}, sizeOf(groups));
        this.database.signal(COMMITTED);
        return outcomes;
      },
    };
    const { writerQueueLimit, writerOverlap: overlap } = this.config;
    const writer = new LedgerWriter(stages, writerQueueLimit, { ...BATCH_LIMITS, overlap });
    this.writers.set(ledgerId, writer);
    return writer;
  }

  private get memory(): MemoryBudget {
    this.budget ??= new MemoryBudget(this.config.writerBalances);
    return this.budget;
  }

  /** Connections of the writers alone: reads don't wait for them, and their plans are pinned. */
  private get pool(): Database {
    const { writerConnections: poolSize } = this.config;
    this.sessions ??= this.database.sibling({ poolSize, session: WRITER_SESSION });
    return this.sessions;
  }

  private async stop(): Promise<void> {
    await Promise.all([...this.writers.values()].map((writer) => writer.drain()));
    await this.sessions?.close();
  }
}

const sizeOf = (groups: readonly Group[]): number =>
  groups.reduce((sum, { submissions }) => sum + submissions.length, 0);
