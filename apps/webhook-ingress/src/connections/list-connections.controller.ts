import { Controller, Get, Inject } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { Caller, CLOCK, Scope } from '@defter/platform';
import { Connections } from './connections.read.js';
import { toConnectionView } from './connections.wire.js';
import { KeyUse } from './key-use.read.js';

/** The tenant's connections, and which of their keys are still in use. */
@Controller('api/v1/payments/webhook-connections')
export class ListConnectionsController {
  constructor(
    private readonly connections: Connections,
    private readonly keyUse: KeyUse,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Scope('webhooks:read')
  async list(
    @Caller() { tenantId }: Caller,
  ): Promise<{ readonly data: readonly ReturnType<typeof toConnectionView>[] }> {
    const uses = await this.keyUse.ofTenant(tenantId);
    const connections = await this.connections.ofTenant(tenantId);
    return { data: connections.map((each) => toConnectionView(each, uses, this.clock.now())) };
  }
}
