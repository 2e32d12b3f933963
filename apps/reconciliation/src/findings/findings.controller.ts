import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { Caller, Idempotent, ProblemException, respond, Scope } from '@defter/platform';
import type { FindingDetail, FindingPage, FindingView } from '@defter/reconciliation-contracts';
import { ReadFindings } from './finding.read.js';
import { findingProblems } from './finding.problems.js';
import { inWireNames } from './refusal.wire.js';
import {
  ListFindingsQuery,
  RelinkBody,
  ResolveFindingBody,
  toFindingView,
  toResolve,
} from './finding.wire.js';
import { Findings } from './findings.js';
import { Links } from './links.js';
import { ReasonBody } from './proposal.wire.js';

@Controller('api/v1/payments/reconciliation/findings')
export class FindingsController {
  constructor(
    private readonly findings: Findings,
    private readonly reading: ReadFindings,
    private readonly links: Links,
  ) {}

  @Get()
  @Scope('reconciliation:read')
  list(@Query() query: ListFindingsQuery, @Caller() { tenantId }: Caller): Promise<FindingPage> {
    return this.reading.list(tenantId, query);
  }

  @Get(':id')
  @Scope('reconciliation:read')
  async get(@Param('id') id: string, @Caller() caller: Caller): Promise<FindingDetail> {
    const finding = await this.reading.find(caller, id);
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
    return respond(inWireNames(outcome), findingProblems, ({ finding }) => toFindingView(finding));
  }

  /** Which operation of ours the line is; the next run takes it so. */
  @Post(':id/relink')
  @HttpCode(200)
  @Scope('findings:resolve')
  @Idempotent()
  async relink(
    @Param('id') id: string,
    @Body() body: RelinkBody,
    @Caller() caller: Caller,
  ): Promise<FindingView> {
    const { operation_id: operationId, note = '' } = body;
    const outcome = await this.links.link(caller, id, { operationId, note });
    return respond(inWireNames(outcome), findingProblems, ({ finding }) => toFindingView(finding));
  }

  /** The line isn't that operation after all. */
  @Post(':id/unlink')
  @HttpCode(200)
  @Scope('findings:resolve')
  @Idempotent()
  async unlink(
    @Param('id') id: string,
    @Body() { reason }: ReasonBody,
    @Caller() caller: Caller,
  ): Promise<FindingView> {
    const outcome = await this.links.unlink(caller, id, reason);
    return respond(inWireNames(outcome), findingProblems, ({ finding }) => toFindingView(finding));
  }

  /** A person's decision is taken back; what was booked stands, and can be proposed to be taken back. */
  @Post(':id/reopen')
  @HttpCode(200)
  @Scope('findings:resolve')
  @Idempotent()
  async reopen(
    @Param('id') id: string,
    @Body() { reason: note }: ReasonBody,
    @Caller() { tenantId, actor: by }: Caller,
  ): Promise<FindingView> {
    const outcome = await this.findings.handle(tenantId, id, { type: 'Reopen', by, note });
    return respond(inWireNames(outcome), findingProblems, ({ finding }) => toFindingView(finding));
  }
}
