import { Injectable } from '@nestjs/common';
import { Lifecycle } from '@defter/platform';
import type { OpenDelivery } from '../book/book.js';
import { Bookkeeper } from '../bookkeeper.js';
import { BookClock } from '../book-clock.js';
import type { Plan } from '../operations/operation.js';
import { DueQueue } from './due-queue.js';
import { WebhookCourier } from './webhook-courier.js';

const atOnce = 32;
/** A timer can't be set for longer than 2^31 ms; waking up early does no harm. */
const longestSleepMs = 60_000;

interface Sending {
  readonly deliveryId: string;
  readonly failures: number;
}

/**
 * Sends webhooks when they are due, and again until they are accepted, on the ladder of their dialect. What
 * isn't acknowledged stands in the book and is sent again after a restart: a crash can double a webhook,
 * never lose one.
 */
@Injectable()
export class Webhooks {
  private readonly queue = new DueQueue<Sending>();
  private readonly sending = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly bookkeeper: Bookkeeper,
    private readonly courier: WebhookCourier,
    private readonly clock: BookClock,
    lifecycle: Lifecycle,
  ) {
    lifecycle.register({
      name: 'webhook sender',
      start: async () => {
        for (const { delivery } of this.bookkeeper.book.openDeliveries()) this.enqueue(delivery);
        this.wake();
      },
      stop: () => this.stop(),
    });
  }

  /** Takes over webhooks that have just become durable. */
  expect({ deliveries }: Pick<Plan, 'deliveries'>): void {
    for (const delivery of deliveries) this.enqueue(delivery);
    this.wake();
  }

  /** Starts what is due, as far as there is room. By the machine's clock it then sleeps until the next is. */
  wake(): void {
    clearTimeout(this.timer);
    const nowMs = this.clock.now().getTime();
    while (!this.isStopping && this.sending.size < atOnce) {
      const next = this.queue.takeDue(nowMs);
      if (next === undefined) return this.clock.isVirtual ? undefined : this.sleep(nowMs);
      const open = this.bookkeeper.book.findDelivery(next.deliveryId);
      if (open !== undefined) this.track(this.attempt(open, next.failures));
    }
  }

  get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  /** When the next one is due, in ms since 1970. */
  get nextMs(): number | undefined {
    return this.queue.nextMs;
  }

  /** Resolves when everything that is due by now has been tried. */
  async caughtUp(): Promise<void> {
    this.wake();
    while (this.sending.size > 0) await Promise.all(this.sending);
  }

  private enqueue({ id, dueAt }: OpenDelivery['delivery']): void {
    this.queue.add({ deliveryId: id, failures: 0 }, Date.parse(dueAt));
  }

  private sleep(nowMs: number): void {
    const { nextMs } = this.queue;
    if (nextMs === undefined) return;
    this.timer = setTimeout(() => this.wake(), Math.min(nextMs - nowMs, longestSleepMs));
  }

  private track(attempt: Promise<void>): void {
    const tracked = attempt.finally(() => {
      this.sending.delete(tracked);
      this.wake();
    });
    this.sending.add(tracked);
  }

  private async attempt(open: OpenDelivery, failures: number): Promise<void> {
    const { id: deliveryId, dueAt } = open.delivery;
    const moment = { book: this.bookkeeper.book, at: this.clock.now(), failures };
    const { isDone, status, waitMs } = await this.courier.carry(open, moment, this.stopping.signal);
    const now = this.clock.now();
    if (isDone) return this.done({ deliveryId, status, at: now.toISOString() });
    const wait = waitMs(now.getTime() - Date.parse(dueAt));
    if (wait === undefined) return;
    this.queue.add({ deliveryId, failures: failures + 1 }, now.getTime() + wait);
  }

  /** When the journal fails, the service is no longer alive; the webhook is sent again after the restart. */
  private async done(done: { deliveryId: string; status: number; at: string }): Promise<void> {
    await this.bookkeeper.record({ type: 'WebhookDone', ...done }).catch(() => this.stopping.abort());
  }

  private async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await Promise.all(this.sending);
    await this.courier.close();
  }
}
