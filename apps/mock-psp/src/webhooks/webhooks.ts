import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK, Lifecycle } from '@defter/platform';
import type { OpenDelivery } from '../book/book.js';
import { Bookkeeper } from '../bookkeeper.js';
import type { Operation } from '../operations/operation.js';
import { DueQueue } from './due-queue.js';
import { WebhookCourier } from './webhook-courier.js';

/** Waits between attempts, in ms; the last one repeats. Short, for a person or a test is waiting. */
const ladderMs = [200, 400, 800, 1_600, 3_200] as const;
const lastWaitMs = 5_000;
/** After so long without a 2xx the provider gives up (the adapter's manifest says the same). */
const retryWindowMs = 30 * 24 * 3_600_000;
const atOnce = 32;
/** A timer can't be set for longer than 2^31 ms; waking up early does no harm. */
const longestSleepMs = 60_000;

interface Sending extends OpenDelivery {
  readonly failures: number;
}

/**
 * Sends webhooks when they are due, and again until the answer is a 2xx. What isn't acknowledged stands in
 * the book and is sent again after a restart: a crash can double a webhook, never lose one.
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
    @Inject(CLOCK) private readonly clock: Clock,
    lifecycle: Lifecycle,
  ) {
    lifecycle.register({
      name: 'webhook sender',
      start: async () => {
        for (const open of this.bookkeeper.book.openDeliveries()) this.enqueue(open);
        this.pump();
      },
      stop: () => this.stop(),
    });
  }

  /** Takes over the webhooks of an operation that has just become durable. */
  expect(operation: Operation): void {
    for (const delivery of operation.deliveries) this.enqueue({ delivery, operation });
    this.pump();
  }

  private enqueue(open: OpenDelivery): void {
    this.queue.add({ ...open, failures: 0 }, Date.parse(open.delivery.dueAt));
  }

  /** Starts what is due, as far as there is room, and sleeps until the next is. */
  private pump(): void {
    clearTimeout(this.timer);
    const nowMs = this.clock.now().getTime();
    while (!this.stopping.signal.aborted && this.sending.size < atOnce) {
      const next = this.queue.takeDue(nowMs);
      if (next === undefined) return this.sleep(nowMs);
      this.track(this.attempt(next));
    }
  }

  private sleep(nowMs: number): void {
    const { nextMs } = this.queue;
    if (nextMs === undefined) return;
    this.timer = setTimeout(() => this.pump(), Math.min(nextMs - nowMs, longestSleepMs));
  }

  private track(attempt: Promise<void>): void {
    const tracked = attempt.finally(() => {
      this.sending.delete(tracked);
      this.pump();
    });
    this.sending.add(tracked);
  }

  private async attempt(item: Sending): Promise<void> {
    const status = await this.courier.carry(item, this.stopping.signal);
    const now = this.clock.now();
    const { id: deliveryId, badSignature, dueAt } = item.delivery;
    // A wrong signature is never accepted, so any answer that isn't a fault ends it.
    const isDone = status !== undefined && (badSignature ? status < 500 : status >= 200 && status < 300);
    if (isDone) return this.done({ deliveryId, status, at: now.toISOString() });
    if (now.getTime() - Date.parse(dueAt) > retryWindowMs) return;
    this.queue.add({ ...item, failures: item.failures + 1 }, now.getTime() + waitMs(item.failures));
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

function waitMs(failures: number): number {
  return ladderMs[failures] ?? lastWaitMs;
}
