import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Caller, notFound, respond, Scope } from '@defter/platform';
import { isActiveRun } from '@defter/reconciliation-domain';
import type { RunPage, RunView } from '@defter/reconciliation-contracts';
import { ListRuns } from './list-runs.read.js';
import type { RunRow } from './run.js';
import { runProblems } from './run.problems.js';
import { RunRequests } from './run-requests.js';
import { ListRunsQuery, RequestRunBody, RequestRunQuery, toRunRequest, toRunView } from './run.wire.js';

@Controller('api/v1/payments/reconciliation')
export class RunsController {
  constructor(
    private readonly requests: RunRequests,
    private readonly runs: ListRuns,
  ) {}

  /** 202 with the run; with `?wait=true` 200 once it has ended, or 202 when that takes too long. */
  @Post('run')
  @HttpCode(202)
  @Scope('reconciliation:write')
  async request(
    @Body() body: RequestRunBody,
    @Query() { wait }: RequestRunQuery,
    @Caller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RunView> {
    const requested = await this.requests.request(caller, toRunRequest(body));
    const run = respond(requested, runProblems, (found) => found.run);
    return wait === 'true' ? this.ended(run, reply) : toRunView(run);
  }

  @Get('runs')
  @Scope('reconciliation:read')
  list(@Query() query: ListRunsQuery, @Caller() { tenantId }: Caller): Promise<RunPage> {
    return this.runs.list(tenantId, query);
  }

  @Get('runs/:id')
  @Scope('reconciliation:read')
  async get(@Param('id') id: string, @Caller() { tenantId }: Caller): Promise<RunView> {
    const run = await this.requests.find(tenantId, id);
    if (run === undefined) throw notFound();
    return toRunView(run);
  }

  private async ended(run: RunRow, reply: FastifyReply): Promise<RunView> {
    const ended = await this.requests.ended(run, () => reply.raw.destroyed);
    if (!isActiveRun(ended.status)) void reply.code(200);
    return toRunView(ended);
  }
}
