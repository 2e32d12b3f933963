import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database, Lifecycle, Logger } from '@defter/platform';

export interface RoundsOptions {
  readonly name: string;
  /** The longest wait between two rounds. */
  readonly everyMs: number;
  /** A signal of the database's transactions that starts a round at once. */
  readonly signal?: string;
  /** One round; true when there may be more to do right now. */
  readonly round: () => Promise<boolean>;
  /** Work that rounds left under way; shutdown waits for it. */
  readonly drain?: () => Promise<unknown>;
}

/**
 * Runs rounds of work until shutdown; a round that fails is logged and tried again, because queues are
 * tables.
 */
@Injectable()
export class Rounds {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly database: Database,
    private readonly logger: Logger,
  ) {}

  repeat(options: RoundsOptions): void {
    const { name, signal, drain } = options;
    const bell = new Bell();
    let forget = (): void => undefined;
    let running: Promise<void> = Promise.resolve();
    this.lifecycle.register({
      name,
      start: () => {
        if (signal !== undefined) forget = this.database.onSignal(signal, () => bell.ring());
        running = this.database.outside(() => this.run(options, bell));
        return Promise.resolve();
      },
      stop: async () => {
        forget();
        bell.end();
        await running;
        await drain?.();
      },
    });
  }

  private async run({ name, everyMs, round }: RoundsOptions, bell: Bell): Promise<void> {
    while (!bell.ended) {
      bell.quiet();
      const more = await round().catch((error: unknown) => {
        this.logger.warn(`${name} failed and tries again`, { error });
        return false;
      });
      if (!more) await bell.wait(everyMs);
    }
  }
}

/** Wakes the one who waits; a ring before the wait counts too. */
class Bell {
  ended = false;
  private rung = false;
  private wake: () => void = () => undefined;

  ring(): void {
    this.rung = true;
    this.wake();
  }

  quiet(): void {
    this.rung = false;
  }

  end(): void {
    this.ended = true;
    this.wake();
  }

  async wait(ms: number): Promise<void> {
    if (this.rung || this.ended) return;
    const timer = new AbortController();
    const rung = new Promise<void>((resolve) => (this.wake = resolve));
    await Promise.race([rung, sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
  }
}
