import { Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { Pollings } from '../pollings.js';
import { Tenants } from '../tenants/tenants.js';
import { OperationCall } from './operation-call.js';
import { OperationQueue } from './operation-queue.js';

/**
 * Takes due operations and runs them beside each other. What a crashed runner left behind is looked up, never
 * sent
 * again on a guess.
 */
@Injectable()
export class OperationRunner {
  constructor(
    private readonly tenants: Tenants,
    private readonly queue: OperationQueue,
    private readonly operations: OperationCall,
    private readonly pollings: Pollings,
  ) {
    const options = { name: 'operation-runner', everyMs: queue.pollMs, signal: 'operations' };
    pollings.every({ ...options, round: () => this.round() });
  }

  private async round(): Promise<boolean> {
    let taken = 0;
    for (const tenant of await this.tenants.all()) taken += await this.takeAndStart(tenant);
    return taken > 0;
  }

  /** Starts what is due and there is room for; a slow provider doesn't keep the next round waiting. */
  private async takeAndStart(tenant: Tenant): Promise<number> {
    const room = this.queue.concurrency - this.pollings.load;
    if (room <= 0) return 0;
    const held = await this.queue.take(tenant.id, room);
    for (const one of held) {
      const what = { tenantId: tenant.id, operationId: one.call.operationId };
      this.pollings.inBackground(what, () => this.operations.run(tenant, one));
    }
    return held.length;
  }
}
