import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Caller, Idempotent, notFound, respond, Scope } from '@defter/platform';
import { replayProblems } from './replay.problems.js';
import { Replays } from './replays.handler.js';
import { Webhooks } from './webhooks.read.js';

/** Publishes a stored request again. */
@Controller('api/v1/payments/webhooks')
export class ReplayWebhookController {
  constructor(
    private readonly webhooks: Webhooks,
    private readonly replays: Replays,
  ) {}

  @Post(':id/replay')
  @HttpCode(202)
  @Scope('webhooks:replay')
  @Idempotent()
  async replay(
    @Param('id') id: string,
    @Caller() caller: Caller,
  ): Promise<{ readonly id: string; readonly event_ids: readonly string[] }> {
    const stored = await this.webhooks.find(caller.tenantId, id);
    if (stored === undefined) throw notFound();
    return respond(await this.replays.replay(caller, stored), replayProblems, ({ replayId, eventIds }) => ({
      id: replayId,
      event_ids: eventIds,
    }));
  }
}
