import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { type Clock, isId } from '@defter/kernel';
import { Caller, CLOCK, Database, Idempotent, notFound, respond, Scope } from '@defter/platform';
import { ChangeReplay, type Changed } from './change-replay.handler.js';
import { ProposeReplay } from './propose-replay.handler.js';
import type { ReplayCommand } from './replay.decider.js';
import { replayProblems } from './replay.problems.js';
import { findReplay } from './replay-row.js';
import { ApproveReplayBody, ProposeReplayBody, toReplayView, toWish } from './replays.wire.js';

type View = ReturnType<typeof toReplayView>;

/** Proposes replays, and decides on them. */
@Controller('api/v1/payments/webhook-replays')
export class ReplayController {
  constructor(
    private readonly database: Database,
    private readonly proposing: ProposeReplay,
    private readonly changing: ChangeReplay,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @HttpCode(201)
  @Scope('webhooks:replay')
  @Idempotent()
  async propose(@Body() body: ProposeReplayBody, @Caller() caller: Caller): Promise<View> {
    const proposed = await this.proposing.propose(caller, toWish(body));
    return this.view(
      caller,
      respond(proposed, replayProblems, ({ id }) => id),
    );
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Scope('webhooks:approve')
  @Idempotent()
  approve(
    @Param('id') id: string,
    @Body() { selection_hash: selectionHash }: ApproveReplayBody,
    @Caller() caller: Caller,
  ): Promise<View> {
    const { actor: by, kind } = caller;
    const at = this.clock.now();
    return this.change(caller, id, {
      ...{ type: 'ApproveReplay', by, isPerson: kind === 'person', selectionHash, at },
    });
  }

  @Post(':id/pause')
  @HttpCode(200)
  @Scope('webhooks:replay')
  @Idempotent()
  pause(@Param('id') id: string, @Caller() caller: Caller): Promise<View> {
    return this.change(caller, id, { type: 'PauseReplay' });
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Scope('webhooks:replay')
  @Idempotent()
  resume(@Param('id') id: string, @Caller() caller: Caller): Promise<View> {
    return this.change(caller, id, { type: 'ResumeReplay' });
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Scope('webhooks:replay')
  @Idempotent()
  cancel(@Param('id') id: string, @Caller() caller: Caller): Promise<View> {
    return this.change(caller, id, { type: 'CancelReplay' });
  }

  private async change(caller: Caller, id: string, command: ReplayCommand): Promise<View> {
    const changed: Changed | undefined = isId('run', id)
      ? await this.changing.change(caller, id, command)
      : undefined;
    if (changed === undefined) throw notFound();
    return this.view(
      caller,
      respond(changed, replayProblems, (done) => done.id),
    );
  }

  private async view({ tenantId }: Caller, id: string): Promise<View> {
    const job = await findReplay(this.database, tenantId, id);
    if (job === undefined) throw notFound();
    return toReplayView(job, this.clock.now());
  }
}
