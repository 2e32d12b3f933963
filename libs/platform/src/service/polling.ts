import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../postgres/database.js';
import type { Task } from './lifecycle.js';
import type { Logger } from './logger.js';

export interface PollingOptions {
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
 * Repeats rounds until shutdown. A failing round is logged and tried again; nothing is lost, queues are
 * tables.
 */
export class Polling implements Task {
  readonly name: string;
  private abort = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private wake: () => void = () => undefined;
  private isAwake = false;
  private unsubscribe: () => void = () => undefined;

  constructor(
    private readonly database: Database,
    private readonly logger: Logger,
    private readonly options: PollingOptions,
  ) {
    this.name = options.name;
  }

  start(): Promise<void> {
    this.abort = new AbortController();
    const { signal } = this.options;
    if (signal !== undefined) this.unsubscribe = this.database.onSignal(signal, () => this.awake());
    this.running = this.database.outside(() => this.run(this.abort.signal));
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.unsubscribe();
    this.abort.abort();
    this.awake();
    await this.running;
    await this.options.drain?.();
  }

  private awake(): void {
    this.isAwake = true;
    this.wake();
  }

  private async run(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      this.isAwake = false;
      const more = await this.round();
      if (!more) await this.pause(stopped);
    }
  }

  private async round(): Promise<boolean> {
    try {
      return await this.options.round();
    } catch (error) {
      this.logger.warn(`${this.name} failed and tries again`, { error });
      return false;
    }
  }

  /** Until the next poll, or until something woke us since the round began. */
  private async pause(stopped: AbortSignal): Promise<void> {
    if (this.isAwake || stopped.aborted) return;
    const timer = new AbortController();
    const woken = new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    await Promise.race([
      woken,
      sleep(this.options.everyMs, undefined, { signal: timer.signal }).catch(() => undefined),
    ]);
    timer.abort();
  }
}
