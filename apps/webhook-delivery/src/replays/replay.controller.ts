import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Caller, Idempotent, respond, Scope } from '@defter/platform';
import { Endpoints } from '../endpoints/endpoints.read.js';
import { expectNoBody } from '../no-body.js';
import { replayProblems } from './replay.problems.js';
import { StartReplayBody, toReplayView, toReplayWish } from './replay.wire.js';
import { ChangeReplays } from './replays.handler.js';
import { Replays } from './replays.read.js';

@Controller('v1')
export class ReplayController {
  constructor(
    private readonly endpoints: Endpoints,
    private readonly replays: Replays,
    private readonly changing: ChangeReplays,
  ) {}

  @Post('webhook_endpoints/:id/replays')
  @HttpCode(202)
  @Scope('webhook_deliveries:write')
  @Idempotent()
  async start(@Param('id') id: string, @Body() body: StartReplayBody, @Caller() { tenantId, actor }: Caller) {
    const outcome = await this.changing.start(tenantId, id, actor, toReplayWish(body));
    const replayId = respond(outcome, replayProblems, (accepted) => accepted.id);
    return toReplayView(await this.replays.get(tenantId, replayId));
  }

  @Get('webhook_endpoints/:id/replays')
  @Scope('webhook_deliveries:read')
  async list(@Param('id') id: string, @Caller() { tenantId }: Caller) {
    const endpoint = await this.endpoints.get(tenantId, id);
    return { data: (await this.replays.ofEndpoint(tenantId, endpoint.id)).map(toReplayView) };
  }

  @Get('webhook_replays/:id')
  @Scope('webhook_deliveries:read')
  async get(@Param('id') id: string, @Caller() { tenantId }: Caller) {
    return toReplayView(await this.replays.get(tenantId, id));
  }

  @Post('webhook_replays/:id/cancel')
  @HttpCode(200)
  @Scope('webhook_deliveries:write')
  @Idempotent()
  async cancel(@Param('id') id: string, @Body() body: unknown, @Caller() { tenantId }: Caller) {
    expectNoBody(body);
    const outcome = await this.changing.cancel(tenantId, id);
    const replayId = respond(outcome, replayProblems, (accepted) => accepted.id);
    return toReplayView(await this.replays.get(tenantId, replayId));
  }
}
