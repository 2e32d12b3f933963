import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Caller, Idempotent, notFound, respond, Scope } from '@defter/platform';
import type { FindingDetail } from '@defter/reconciliation-contracts';
import { findingProblems } from './finding.problems.js';
import { inWireNames } from './refusal.wire.js';
import { ReadFindings } from './finding.read.js';
import {
  ApproveProposalBody,
  EditProposalBody,
  ProposeBody,
  ReasonBody,
  toEntries,
} from './proposal.wire.js';
import { type ProposalOutcome, Proposals } from './proposals.js';

/** Every answer is the finding as it stands after it, with its proposals and what the caller may do next. */
@Controller('api/v1/payments/reconciliation/findings/:id/proposals')
export class ProposalsController {
  constructor(
    private readonly proposals: Proposals,
    private readonly reading: ReadFindings,
  ) {}

  @Post()
  @Scope('findings:resolve')
  @Idempotent()
  async propose(@Param('id') id: string, @Body() body: ProposeBody, @Caller() caller: Caller) {
    const { resolution, reason } = body;
    const wish = { resolution, reason, entries: toEntries(body.entries) };
    return this.view(caller, await this.proposals.propose(caller, id, wish));
  }

  @Post(':proposalId/edit')
  @HttpCode(200)
  @Scope('findings:resolve')
  @Idempotent()
  async edit(@Param() name: ProposalPath, @Body() body: EditProposalBody, @Caller() caller: Caller) {
    const wish = { reason: body.reason, entries: toEntries(body.entries) };
    return this.view(caller, await this.proposals.edit(caller, nameOf(name), wish));
  }

  @Post(':proposalId/withdraw')
  @HttpCode(200)
  @Scope('findings:resolve')
  @Idempotent()
  async withdraw(@Param() name: ProposalPath, @Body() { reason }: ReasonBody, @Caller() caller: Caller) {
    return this.view(caller, await this.proposals.withdraw(caller, nameOf(name), reason));
  }

  @Post(':proposalId/take-back')
  @Scope('findings:resolve')
  @Idempotent()
  async takeBack(@Param() name: ProposalPath, @Body() { reason }: ReasonBody, @Caller() caller: Caller) {
    return this.view(caller, await this.proposals.takeBack(caller, nameOf(name), reason));
  }

  @Post(':proposalId/approve')
  @HttpCode(200)
  @Scope('findings:approve')
  @Idempotent()
  async approve(@Param() name: ProposalPath, @Body() body: ApproveProposalBody, @Caller() caller: Caller) {
    const seen = { hash: body.payload_hash, note: body.note ?? '' };
    return this.view(caller, await this.proposals.approve(caller, nameOf(name), seen));
  }

  @Post(':proposalId/reject')
  @HttpCode(200)
  @Scope('findings:approve')
  @Idempotent()
  async reject(@Param() name: ProposalPath, @Body() { reason }: ReasonBody, @Caller() caller: Caller) {
    return this.view(caller, await this.proposals.reject(caller, nameOf(name), reason));
  }

  private async view(caller: Caller, outcome: ProposalOutcome): Promise<FindingDetail> {
    const id = respond(inWireNames(outcome), findingProblems, ({ findingId }) => findingId);
    const finding = await this.reading.find(caller, id);
    if (finding === undefined) throw notFound();
    return finding;
  }
}

/** The path's parameters; whether they name anything is looked up. */
interface ProposalPath {
  readonly id: string;
  readonly proposalId: string;
}

const nameOf = ({ id, proposalId }: ProposalPath) => ({ findingId: id, proposalId });
