import { Injectable } from '@nestjs/common';
import { Rounds } from '../rounds.js';
import { Tenants } from '../tenants.js';
import { DeliveryCrew } from './delivery-crew.js';
import { DeliveryQueue } from './delivery-queue.js';

/** Takes due deliveries of all tenants and has them made. */
@Injectable()
export class DeliveryWorker {
  /** Each round begins with another tenant, so that none is always first. */
  private first = 0;

  constructor(
    private readonly tenants: Tenants,
    private readonly queue: DeliveryQueue,
    private readonly crew: DeliveryCrew,
    rounds: Rounds,
  ) {
    rounds.repeat({
      ...{ name: 'delivery-worker', everyMs: queue.pollMs, signal: 'deliveries' },
      round: () => this.round(),
      drain: () => this.crew.idle(),
    });
  }

  private async round(): Promise<boolean> {
    const ids = await this.tenants.ids();
    const from = this.first++ % Math.max(1, ids.length);
    let taken = 0;
    for (const tenantId of [...ids.slice(from), ...ids.slice(0, from)]) {
      const room = this.crew.room(tenantId);
      if (room.quick <= 0 && room.troubled <= 0) continue;
      const held = await this.queue.take(tenantId, room);
      for (const one of held) this.crew.start(one);
      taken += held.length;
    }
    return taken > 0;
  }
}
