import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Lifecycle } from '@defter/platform';
import type { Config } from '../config.js';

const sweepEveryMs = 250;

/** A request whose body hasn't come yet. */
export interface Unfinished {
  readonly since: number;
  readonly giveUp: () => void;
}

/**
 * Ends requests whose body doesn't come in time: each holds a connection and what came of the body. One
 * sweep looks at all; a timer for each would cost every request.
 */
@Injectable()
export class UnfinishedRequests {
  private readonly open = new Set<Unfinished>();
  private sweeping: NodeJS.Timeout | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    lifecycle: Lifecycle,
  ) {
    lifecycle.register({
      name: 'unfinished requests',
      start: () => {
        this.sweeping = setInterval(() => this.sweep(), Math.min(sweepEveryMs, config.bodyTimeoutMs));
        return Promise.resolve();
      },
      stop: () => Promise.resolve(clearInterval(this.sweeping)),
    });
  }

  get size(): number {
    return this.open.size;
  }

  begin(giveUp: () => void): Unfinished {
    const unfinished = { since: performance.now(), giveUp };
    this.open.add(unfinished);
    return unfinished;
  }

  end(unfinished: Unfinished): void {
    this.open.delete(unfinished);
  }

  private sweep(): void {
    const before = performance.now() - this.config.bodyTimeoutMs;
    for (const unfinished of this.open) {
      // In the order of their beginning.
      if (unfinished.since > before) return;
      this.open.delete(unfinished);
      unfinished.giveUp();
    }
  }
}
