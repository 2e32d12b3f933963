import { Injectable } from '@nestjs/common';
import { Database, Lifecycle, Logger, Polling, type PollingOptions } from '@defter/platform';

/** Starts the loops of the worker and keeps what they leave under way. */
@Injectable()
export class Pollings {
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly database: Database,
    private readonly logger: Logger,
  ) {}

  /**
   * Registers a loop as a task of the process; shutdown waits for its round and for work in the
   * background.
   */
  every(options: PollingOptions): void {
    const drain = () => Promise.all(this.underWay);
    this.lifecycle.register(new Polling(this.database, this.logger, { ...options, drain }));
  }

  /** Lets work go on beside the rounds; a failure is logged, its row says what is to be done about it. */
  inBackground(what: Readonly<Record<string, string>>, work: () => Promise<void>): void {
    const task: Promise<void> = work()
      .catch((error: unknown) => this.logger.warn('Work was left to its lease', { ...what, error }))
      .finally(() => this.underWay.delete(task));
    this.underWay.add(task);
  }

  /** How much goes on in the background. */
  get load(): number {
    return this.underWay.size;
  }
}
