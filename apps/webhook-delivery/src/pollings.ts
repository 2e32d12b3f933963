import { Injectable } from '@nestjs/common';
import { Database, Lifecycle, Logger, Polling, type PollingOptions } from '@defter/platform';

/** Starts the loops of the worker. */
@Injectable()
export class Pollings {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly database: Database,
    private readonly logger: Logger,
  ) {}

  /** Registers a loop as a task of the process; shutdown waits for its round. */
  every(options: PollingOptions): void {
    this.lifecycle.register(new Polling(this.database, this.logger, options));
  }
}
