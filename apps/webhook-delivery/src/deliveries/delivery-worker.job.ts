import { Injectable } from '@nestjs/common';
import { Pollings } from '../pollings.js';
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
    pollings: Pollings,
  ) {
    pollings.every({
      ...{ name: 'delivery-worker', everyMs: queue.pollMs, signal: 'deliveries' },
      round: () => this.round(),
      drain: () => this.crew.end(),
    });
  }

  private async round(): Promise<boolean> {
    const ids = await this.tenants.ids();
    const from = this.first++ % Math.max(1, ids.length);
    let more = false;
    for (const tenantId of [...ids.slice(from), ...ids.slice(0, from)]) {
      const room = this.crew.room(tenantId);
      if (room.quick + room.troubled === 0) continue;
      const held = await this.queue.take(tenantId, room);
      for (const one of held) this.crew.start(one);
      const troubled = held.filter((one) => one.troubled).length;
      // Where not all places were taken, nothing else is due; what an endpoint's own limit held back is due
      // when one of its calls has ended, which rings.
      more ||= held.length > 0 && (troubled === room.troubled || held.length - troubled === room.quick);
    }
    return more;
  }
}
