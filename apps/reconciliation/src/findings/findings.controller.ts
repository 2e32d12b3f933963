import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { Caller, Idempotent, ProblemException, respond, Scope } from '@defter/platform';
import type { FindingDetail, FindingPage, FindingView } from '@defter/reconciliation-contracts';
import { ReadFindings } from './finding.read.js';
import { findingProblems } from './finding.problems.js';
import { ListFindingsQuery, ResolveFindingBody, toFindingView, toResolve } from './finding.wire.js';
import { Findings } from './findings.js';

@Controller('api/v1/payments/reconciliation/findings')
export class FindingsController {
  constructor(
    private readonly findings: Findings,
    private readonly reading: ReadFindings,
  ) {}

  @Get()
  @Scope('reconciliation:read')
  list(@Query() query: ListFindingsQuery, @Caller() { tenantId }: Caller): Promise<FindingPage> {
    return this.reading.list(tenantId, query);
  }

  @Get(':id')
  @Scope('reconciliation:read')
  async get(@Param('id') id: string, @Caller() { tenantId }: Caller): Promise<FindingDetail> {
    const finding = await this.reading.find(tenantId, id);
    if (finding === undefined)
      throw new ProblemException('finding-unknown', findingProblems['finding-unknown']);
    return finding;
  }

  @Post(':id/resolve')
  @HttpCode(200)
  @Scope('findings:resolve')
  @Idempotent()
  async resolve(
    @Param('id') id: string,
    @Body() body: ResolveFindingBody,
    @Caller() caller: Caller,
  ): Promise<FindingView> {
    const outcome = await this.findings.handle(caller.tenantId, id, toResolve(body, caller));
    return respond(outcome, findingProblems, ({ finding }) => toFindingView(finding));
  }
}
