import { Controller, Get, Param } from '@nestjs/common';
import { Caller, notFound, Scope } from '@defter/platform';
import { Webhooks } from './webhooks.read.js';
import { toWebhookDetail } from './webhooks.wire.js';

/** One request as it came, with its exact bytes. */
@Controller('api/v1/payments/webhooks')
export class ShowWebhookController {
  constructor(private readonly webhooks: Webhooks) {}

  @Get(':id')
  @Scope('webhooks:read')
  async show(
    @Param('id') id: string,
    @Caller() { tenantId }: Caller,
  ): Promise<ReturnType<typeof toWebhookDetail>> {
    const stored = await this.webhooks.find(tenantId, id);
    if (stored === undefined) throw notFound();
    const events = await this.webhooks.eventsOf(tenantId, id);
    return toWebhookDetail(stored, events, await this.webhooks.replaysOf(tenantId, id));
  }
}
