import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK } from '@defter/platform';
import { Bookkeeper } from './bookkeeper.js';

interface Waiter {
  readonly untilMs: number;
  readonly wake: () => void;
}

/**
 * The only clock of this service: the machine's, or a virtual one that stands where the book says and moves
 * only when somebody moves it. While it is virtual nothing else is asked for the time; the limits of a
 * single exchange over the network are the machine's all the same.
 */
@Injectable()
export class BookClock implements Clock {
  /** Where an advance has come to that isn't in the book yet. */
  private reachedMs = 0;
  private readonly waiters = new Set<Waiter>();

  constructor(
    private readonly bookkeeper: Bookkeeper,
    @Inject(CLOCK) private readonly machine: Clock,
  ) {}

  get isVirtual(): boolean {
    return this.bookkeeper.book.clockAt !== null;
  }

  now(): Date {
    const { clockAt } = this.bookkeeper.book;
    return clockAt === null ? this.machine.now() : new Date(Math.max(Date.parse(clockAt), this.reachedMs));
  }

  /** The earliest instant at which somebody wants to go on, in ms since 1970. */
  get nextWaitMs(): number | undefined {
    const times = [...this.waiters].map(({ untilMs }) => untilMs);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Moves the virtual clock, in memory only: `ClockSet` follows when everything on the way has happened. */
  reach(instantMs: number): void {
    this.reachedMs = Math.max(this.reachedMs, instantMs);
    const nowMs = this.now().getTime();
    for (const waiter of [...this.waiters].filter(({ untilMs }) => untilMs <= nowMs)) waiter.wake();
  }

  /** Follows the book, which has just said where the clock stands; with null everybody who waits goes on. */
  follow(at: string | null): void {
    this.reachedMs = 0;
    if (at !== null) return this.reach(Date.parse(at));
    for (const waiter of [...this.waiters]) waiter.wake();
  }

  /** Resolves when so much of this clock's time has passed, or when the signal says so. */
  async pass(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    if (!this.isVirtual) return sleep(ms, undefined, { signal }).catch(() => undefined);
    const untilMs = this.now().getTime() + ms;
    await new Promise<void>((resolve) => {
      const waiter = { untilMs, wake: () => this.end(waiter, resolve) };
      signal.addEventListener('abort', waiter.wake, { once: true });
      this.waiters.add(waiter);
    });
  }

  private end(waiter: Waiter, resolve: () => void): void {
    this.waiters.delete(waiter);
    resolve();
  }
}
