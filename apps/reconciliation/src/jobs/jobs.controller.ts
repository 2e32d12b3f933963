import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Caller, notFound, ProblemException, respond, Scope } from '@defter/platform';
import type { JobRunPage, JobRunView, JobView } from '@defter/reconciliation-contracts';
import { jobProblems } from './job.problems.js';
import { ReadJobs } from './job.read.js';
import { findPlan } from './job-plans.js';
import { JobRequests, type Requested } from './job-requests.js';
import { dateOf, ListJobRunsQuery, RequestJobBody, toJobRunView } from './job.wire.js';

@Controller('api/v1/payments/reconciliation/jobs')
export class JobsController {
  constructor(
    private readonly requests: JobRequests,
    private readonly reading: ReadJobs,
  ) {}

  @Get()
  @Scope('reconciliation:read')
  async jobs(@Caller() { tenantId }: Caller): Promise<{ readonly data: readonly JobView[] }> {
    return { data: await this.reading.jobs(tenantId) };
  }

  /** 202 when it was put into the queue or is under way; 200 when it is done for the date already. */
  @Post(':name/runs')
  @HttpCode(202)
  @Scope('reconciliation:write')
  async request(
    @Param('name') job: string,
    @Body() body: RequestJobBody,
    @Caller() { tenantId, actor }: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobRunView> {
    const asked = { tenantId, job, by: actor, date: dateOf(body), again: body.again };
    const outcome = refusedForOther(await this.requests.request(asked));
    if (outcome.accepted && outcome.state === 'done') void reply.code(200);
    return respond(outcome, jobProblems, ({ run }) => toJobRunView(run));
  }

  @Get(':name/runs')
  @Scope('reconciliation:read')
  runs(
    @Param('name') job: string,
    @Query() query: ListJobRunsQuery,
    @Caller() { tenantId }: Caller,
  ): Promise<JobRunPage> {
    if (findPlan(job) === undefined) throw new ProblemException('job-unknown', jobProblems['job-unknown']);
    return this.reading.runs(tenantId, job, query);
  }

  @Get(':name/runs/:id')
  @Scope('reconciliation:read')
  async run(
    @Param('name') job: string,
    @Param('id') runId: string,
    @Caller() { tenantId }: Caller,
  ): Promise<JobRunView> {
    const run = await this.requests.find({ tenantId, job, runId });
    if (run === undefined) throw notFound();
    return toJobRunView(run);
  }
}

/** One at a time: what is under way for another date isn't what was asked for. */
function refusedForOther(requested: Requested): Requested {
  if (!requested.accepted || requested.state !== 'active') return requested;
  const { run, slot } = requested;
  if (run.slot === slot.slot) return requested;
  const refusal = { code: 'job-under-way', run_id: run.run_id, business_on: run.business_on } as const;
  return { accepted: false, refusal };
}
