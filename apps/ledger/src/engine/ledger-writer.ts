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
  /** So many waiting commands are decided while the batch before them is written. */
  readonly overlap: number;
}

/** The usual limits. */
export const BATCH_LIMITS: BatchLimits = { commands: 1000, postings: 4000, overlap: 64 };

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
  private running: Promise<void> = Promise.resolve();
  private runs = false;
  /** Commands in the queue, not taken into a batch yet. */
  private inQueue = 0;
  private onEnough: (() => void) | undefined;

  constructor(
    private readonly stages: Stages<P>,
    private readonly queueLimit: number,
    private readonly limits: BatchLimits = BATCH_LIMITS,
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
      this.inQueue += size;
      if (this.inQueue >= this.limits.overlap) this.onEnough?.();
      if (!this.runs) this.running = this.run();
    });
  }

  /** Resolves when everything that was submitted has its answer. */
  async drain(): Promise<void> {
    while (this.runs) await this.running;
  }

  /** Decides a batch while the one before it is written; at most one of each. */
  private async run(): Promise<void> {
    this.runs = true;
    let writing: Promise<void> | undefined;
    for (;;) {
      if (writing !== undefined && this.inQueue < this.limits.overlap) {
        // Few wait: together with those who come until the commit ends they make a better batch.
        await Promise.race([writing, this.untilEnough()]);
      }
      // No await between this look and the end: what is handed in meanwhile would wait for ever.
      if (this.queue.length === 0) break;
      const batch = this.take();
      const prepared = await this.prepare(batch);
      await writing;
      const written: Promise<void> = this.write(batch, prepared).then(() => {
        if (writing === written) writing = undefined;
      });
      writing = written;
    }
    this.runs = false;
  }

  /** Resolves when so many commands wait that it pays to decide them during the commit of others. */
  private untilEnough(): Promise<void> {
    return new Promise((resolve) => {
      this.onEnough = resolve;
    });
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
    const batch = this.queue.splice(0, count);
    for (const { group } of batch) this.inQueue -= group.submissions.length;
    return batch;
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
