import { Fault } from '@defter/platform';
import type { Group, Outcome } from './submission.js';

interface Waiting {
  readonly group: Group;
  readonly resolve: (outcomes: readonly Outcome[]) => void;
  readonly reject: (error: unknown) => void;
}

/** What a batch may hold at most; a larger group is a batch of its own. */
export interface BatchLimits {
  readonly commands: number;
  readonly postings: number;
}

const DEFAULT_LIMITS: BatchLimits = { commands: 1000, postings: 4000 };

const postingsOf = ({ submissions }: Group): number =>
  submissions.reduce((sum, { command }) => {
    if (command.type !== 'CreateTransaction') return sum + 1;
    return sum + command.postings.length + (command.script?.mostPostings ?? 0);
  }, 0);

type Outcomes = readonly (readonly Outcome[])[];

/** How a batch is committed: decided while the one before is written, then written after it. */
export interface Stages<P> {
  prepare(groups: readonly Group[]): Promise<P | undefined>;
  write(groups: readonly Group[], prepared: P | undefined): Promise<Outcomes>;
}

/**
 * The group commit of one ledger: what arrives while a batch is decided waits, and the next batch takes it
 * all. With one caller nothing waits: a batch starts at once when none is running.
 */
export class LedgerWriter<P> {
  private readonly queue: Waiting[] = [];
  private queued = 0;
  private running: Promise<void> | undefined;

  constructor(
    private readonly stages: Stages<P>,
    private readonly queueLimit: number,
    private readonly limits: BatchLimits = DEFAULT_LIMITS,
  ) {}

  /** Commands that wait for a commit. */
  get waiting(): number {
    return this.queued;
  }

  /** Answers after the commit. @throws Fault `overloaded` when too many wait already. */
  submit(group: Group): Promise<readonly Outcome[]> {
    const size = group.submissions.length;
    if (this.queued > 0 && this.queued + size > this.queueLimit) {
      return Promise.reject(new Fault('overloaded', 'Too many commands wait for this ledger', 1));
    }
    this.queued += size;
    return new Promise((resolve, reject) => {
      this.queue.push({ group, resolve, reject });
      this.running ??= this.run().finally(() => {
        this.running = undefined;
      });
    });
  }

  /** Resolves when everything that was submitted has its answer. */
  async drain(): Promise<void> {
    while (this.running !== undefined) await this.running;
  }

  /** Decides a batch while the one before it is written; at most one of each. */
  private async run(): Promise<void> {
    let writing: Promise<void> = Promise.resolve();
    while (this.queue.length > 0) {
      const batch = this.take();
      const prepared = await this.prepare(batch);
      await writing;
      writing = this.write(batch, prepared);
      // Those who were answered ask again at once: a moment for them, or they would wait for two batches.
      if (this.queue.length === 0) await writing;
    }
    await writing;
  }

  private take(): Waiting[] {
    let commands = 0;
    let postings = 0;
    let count = 0;
    for (const { group } of this.queue) {
      commands += group.submissions.length;
      postings += postingsOf(group);
      if (count > 0 && (commands > this.limits.commands || postings > this.limits.postings)) break;
      count += 1;
    }
    return this.queue.splice(0, count);
  }

  /** Undefined when it failed: it is then decided as it is written, and fails there if it must. */
  private async prepare(batch: readonly Waiting[]): Promise<P | undefined> {
    try {
      return await this.stages.prepare(batch.map(({ group }) => group));
    } catch {
      return undefined;
    }
  }

  private async write(batch: readonly Waiting[], prepared: P | undefined): Promise<void> {
    try {
      const outcomes = await this.stages.write(
        batch.map(({ group }) => group),
        prepared,
      );
      batch.forEach(({ resolve }, index) => resolve(outcomes[index] ?? []));
    } catch (error) {
      await this.failBatch(batch, error);
    } finally {
      for (const { group } of batch) this.queued -= group.submissions.length;
    }
  }

  /**
   * A fault is everyone's; any other error may come from one group, which must not take the others with it.
   */
  private async failBatch(batch: readonly Waiting[], error: unknown): Promise<void> {
    if (error instanceof Fault || batch.length === 1) {
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const { group, resolve, reject } of batch) {
      await this.stages.write([group], undefined).then(([outcomes]) => resolve(outcomes ?? []), reject);
    }
  }
}
