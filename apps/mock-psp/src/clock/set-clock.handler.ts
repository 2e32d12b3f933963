import { Injectable } from '@nestjs/common';
import { accept, type Decision, refuse } from '@defter/kernel';
import type { BookEvent } from '../book/book-event.wire.js';
import { Bookkeeper } from '../bookkeeper.js';
import { Webhooks } from '../webhooks/webhooks.js';
import { BookClock } from '../book-clock.js';

export type ClockRefusal =
  { readonly code: 'clock-is-real' } | { readonly code: 'clock-goes-back'; readonly now: string };

type ClockDecision = Decision<BookEvent, ClockRefusal>;

/** Makes the clock virtual, moves it, and gives the time back to the machine. One at a time. */
@Injectable()
export class SetClock {
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly bookkeeper: Bookkeeper,
    private readonly clock: BookClock,
    private readonly webhooks: Webhooks,
  ) {}

  /**
   * Stands still at an instant from now on. Never back, once there are operations: their lives would
   * unhappen.
   */
  stand(at: string): Promise<ClockDecision> {
    return this.inTurn(() => this.set(at));
  }

  /** The machine's time again, which must not be behind. */
  release(machineNow: Date): Promise<ClockDecision> {
    return this.inTurn(async () => {
      const isBack = this.clock.isVirtual && this.wouldGoBack(machineNow.toISOString());
      return isBack ? this.back() : this.record(null);
    });
  }

  /**
   * Moves the virtual clock on. Everything that is due on the way happens in its order, each at its time:
   * resolves when all webhooks up to there have been tried.
   */
  advance(ms: number): Promise<ClockDecision> {
    return this.inTurn(async () => {
      if (!this.clock.isVirtual) return refuse({ code: 'clock-is-real' });
      const targetMs = this.clock.now().getTime() + ms;
      for (let nextMs = await this.nextMs(); nextMs <= targetMs; nextMs = await this.nextMs()) {
        this.clock.reach(nextMs);
      }
      return this.set(new Date(targetMs).toISOString());
    });
  }

  /** When something happens next, after all that is due now has been tried; never, if nothing is planned. */
  private async nextMs(): Promise<number> {
    await this.webhooks.caughtUp();
    if (this.webhooks.isStopping) return Infinity;
    return Math.min(this.webhooks.nextMs ?? Infinity, this.clock.nextWaitMs ?? Infinity);
  }

  private async set(at: string): Promise<ClockDecision> {
    if (this.wouldGoBack(at)) return this.back();
    return this.record(at);
  }

  private wouldGoBack(at: string): boolean {
    return !this.bookkeeper.book.isEmpty && at < this.clock.now().toISOString();
  }

  private back(): ClockDecision {
    return refuse({ code: 'clock-goes-back', now: this.clock.now().toISOString() });
  }

  private async record(at: string | null): Promise<ClockDecision> {
    const event = { type: 'ClockSet', at } as const;
    await this.bookkeeper.record(event);
    this.clock.follow(at);
    this.webhooks.wake();
    await this.webhooks.caughtUp();
    return accept(event);
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }
}
