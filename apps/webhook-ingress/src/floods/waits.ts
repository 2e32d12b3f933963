import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Lifecycle } from '@defter/platform';
import type { Config } from '../config.js';
import type { Connection } from '../connections/connections.read.js';
import { FloodMetrics } from './flood-metrics.js';
import { Lane } from './lane.js';

const sweepEveryMs = 250;

/** A request whose body hasn't come yet. */
export interface Unfinished {
  readonly since: number;
  readonly giveUp: () => void;
}

/**
 * What waits: requests of limited sources for their turn, and requests for their own bodies. A body that
 * doesn't come in time ends its connection. One sweep looks at all; a timer for each would cost every
 * request.
 */
@Injectable()
export class Waits {
  private readonly lane: Lane;
  private readonly unfinished = new Set<Unfinished>();
  private sweeping: NodeJS.Timeout | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly metrics: FloodMetrics,
    lifecycle: Lifecycle,
  ) {
    this.lane = new Lane(config.limitedPerSecond);
    metrics.watch(
      () => this.lane.waiting,
      () => this.unfinished.size,
    );
    lifecycle.register({
      name: 'requests that wait',
      start: () => {
        this.sweeping = setInterval(() => this.sweep(), Math.min(sweepEveryMs, config.bodyTimeoutMs));
        return Promise.resolve();
      },
      stop: () => {
        clearInterval(this.sweeping);
        return Promise.resolve(this.lane.close());
      },
    });
  }

  /** Calls `turn` when a limited source may go on; false when too many wait. */
  enterLane(connection: Connection | undefined, mayBeSigned: boolean, turn: () => void): boolean {
    const waits = this.lane.enter(mayBeSigned, turn);
    this.metrics.countLimited(connection, waits ? 'delayed' : 'turned_away');
    return waits;
  }

  /** From now on the body is waited for, until `giveUp`. */
  begin(giveUp: () => void): Unfinished {
    const unfinished = { since: performance.now(), giveUp };
    this.unfinished.add(unfinished);
    return unfinished;
  }

  /** The body is there, or nobody waits for it any more. */
  end(unfinished: Unfinished): void {
    this.unfinished.delete(unfinished);
  }

  private sweep(): void {
    const before = performance.now() - this.config.bodyTimeoutMs;
    for (const unfinished of this.unfinished) {
      // In the order of their beginning.
      if (unfinished.since > before) return;
      this.unfinished.delete(unfinished);
      unfinished.giveUp();
    }
  }
}
