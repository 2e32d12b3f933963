import { Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { Pollings } from '../pollings.js';
import { Tenants } from '../tenants/tenants.js';
import type { Line } from './call-places.js';
import { OperationCall } from './operation-call.js';
import { OperationQueue } from './operation-queue.js';

type TenantLine = Line & { readonly tenant: Tenant };

/**
 * Takes due operations and runs them beside each other, each connection within its part of the places. What a
 * crashed runner left behind is looked up, never sent again on a guess.
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
    const lines = (await this.tenants.all()).flatMap(linesOf);
    let taken = 0;
    for (const line of await this.queue.waiting(lines)) taken += await this.takeAndStart(line);
    return taken > 0;
  }

  /** Starts what is due and there is room for; a slow provider doesn't keep the next round waiting. */
  private async takeAndStart(line: TenantLine): Promise<number> {
    const { tenant, tenantId } = line;
    const inBackground = (work: () => Promise<void>) => this.pollings.inBackground({ tenantId }, work);
    if (!this.operations.isReady(tenant, inBackground)) return 0;
    const held = await this.queue.take(line);
    for (const one of held) {
      const what = { tenantId, operationId: one.call.operationId };
      this.pollings.inBackground(what, () =>
        this.queue.inPlace(line, () => this.operations.run(tenant, one)),
      );
    }
    return held.length;
  }
}

const linesOf = (tenant: Tenant): TenantLine[] =>
  tenant.connections.map(({ id: connectionId }) => ({ tenant, tenantId: tenant.id, connectionId }));
