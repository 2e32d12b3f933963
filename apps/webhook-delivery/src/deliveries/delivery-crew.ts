import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Database } from '@defter/platform';
import type { Config } from '../config.js';
import { Attempts } from './attempts.js';
import type { Held } from './delivery-queue.js';
import { DeliveryReports } from './delivery-reports.js';
import { Slots } from './slots.js';

/** A rollout doesn't wait for a receiver that never answers. */
const GRACE_MS = 2_000;

/** The attempts that this process makes beside each other. */
@Injectable()
export class DeliveryCrew {
  private readonly slots: Slots;
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly attempts: Attempts,
    private readonly database: Database,
    private readonly reports: DeliveryReports,
    @Inject(CONFIG) { concurrency, troubledConcurrency, slowAfterMs }: Config,
  ) {
    this.slots = new Slots({ quick: concurrency, troubled: troubledConcurrency, slowAfterMs });
  }

  room(tenantId: string): { readonly quick: number; readonly troubled: number } {
    return this.slots.room(tenantId);
  }

  start(held: Held): void {
    const release = this.slots.take(held.tenantId, held.troubled);
    const task: Promise<void> = this.attempts
      .make(held)
      .catch((error: unknown) => this.reports.leftToLease(held.deliveryId, error))
      .finally(() => {
        release();
        this.underWay.delete(task);
        this.reports.underWay(this.underWay.size);
        // Its endpoint has a place again.
        this.database.signal('deliveries');
      });
    this.underWay.add(task);
    this.reports.underWay(this.underWay.size);
  }

  /** Lets requests end for a while; whoever answers later gets the message again from the next process. */
  async end(): Promise<void> {
    const patience = setTimeout(() => this.attempts.interrupt(), GRACE_MS);
    await Promise.all(this.underWay);
    clearTimeout(patience);
  }
}
