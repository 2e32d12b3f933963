import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Database, Lifecycle, Logger, Metrics } from '@defter/platform';
import type { LedgerConfig } from '../config.js';
import { MismatchMetrics } from '../rollout/mismatch-metrics.js';
import { BatchCommitter } from './commit-batch.js';
import { LedgerWriter } from './ledger-writer.js';
import type { Group, Outcome } from './submission.js';

/** Signalled in this process after each commit of events. */
export const COMMITTED = 'ledger committed';

const BATCH_SIZES = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000];

/** The writers of all ledgers that this replica wrote to; they share a bounded number of connections. */
@Injectable()
export class Writers {
  private readonly writers = new Map<number, LedgerWriter>();
  private limits: Slots | undefined;
  private readonly batchSize;
  private readonly mismatches: MismatchMetrics;

  @Inject(CONFIG) private readonly config!: LedgerConfig;

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
    metrics.gauge('defter_ledger_queue_commands', 'Commands that wait for a commit', [], (gauge) =>
      gauge.set([...this.writers.values()].reduce((sum, { waiting }) => sum + waiting, 0)),
    );
    lifecycle.register({ name: 'ledger-writers', start: async () => undefined, stop: () => this.drain() });
  }

  /** Hands a group to its ledger's writer; resolves after the commit. */
  submit(ledgerId: number, group: Group): Promise<readonly Outcome[]> {
    return this.writerOf(ledgerId).submit(group);
  }

  private writerOf(ledgerId: number): LedgerWriter {
    const present = this.writers.get(ledgerId);
    if (present !== undefined) return present;
    const committer = new BatchCommitter(this.database, this.logger, ledgerId, (rows) =>
      this.mismatches.count(rows),
    );
    const writer = new LedgerWriter(async (groups) => {
      this.batchSize.observe(
        {},
        groups.reduce((sum, { submissions }) => sum + submissions.length, 0),
      );
      const outcomes = await this.slots.use(() => committer.commit(groups));
      this.database.signal(COMMITTED);
      return outcomes;
    }, this.config.writerQueueLimit);
    this.writers.set(ledgerId, writer);
    return writer;
  }

  private get slots(): Slots {
    this.limits ??= new Slots(this.config.writerConnections);
    return this.limits;
  }

  private async drain(): Promise<void> {
    await Promise.all([...this.writers.values()].map((writer) => writer.drain()));
  }
}

/** At most n at a time; the others wait in order. */
class Slots {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    }
  }
}
