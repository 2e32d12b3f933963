import { Body, Controller, Get, Headers, Param, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemException, Public, respond } from '@defter/platform';
import type { OperationKind } from './operation.js';
import { ConnectionKeyGuard, Merchant } from '../connection-key.js';
import { type MerchantConnection } from '../connections.js';
import { AnswerPlayer } from './answer-player.js';
import { ChallengeAddress } from './challenge-address.js';
import { operationProblems } from './operation.problems.js';
import { OperationBody, operationView, toRequest } from './operation.wire.js';
import { Operations } from './operations.handler.js';

const kinds: Readonly<Record<string, OperationKind>> = {
  ...{ charges: 'charge', authorizations: 'authorize', captures: 'capture' },
  ...{ voids: 'void', refunds: 'refund', payouts: 'payout' },
};

interface Call {
  readonly key: string | undefined;
  readonly body: OperationBody;
  readonly reply: FastifyReply;
}

@Controller('v1')
@UseGuards(ConnectionKeyGuard)
export class OperationsController {
  constructor(
    private readonly operations: Operations,
    private readonly answers: AnswerPlayer,
    private readonly addresses: ChallengeAddress,
  ) {}

  @Post(Object.keys(kinds))
  @Public()
  take(
    @Merchant() merchant: MerchantConnection,
    @Headers('idempotency-key') key: string | undefined,
    @Body() body: OperationBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.takeFor(merchant, { key, body, reply });
  }

  @Get('operations/:operationId')
  @Public()
  async find(
    @Merchant() merchant: MerchantConnection,
    @Param('operationId') operationId: string,
    @Req() request: FastifyRequest,
  ) {
    const found = await this.operations.find(merchant.id, operationId);
    if (found !== undefined) return operationView(found.operation, found.step, this.addresses.of(request));
    // A code of its own, so that nobody takes the 404 of a wrong address for "this operation never happened".
    const problem = { status: 404, title: 'There is no such operation' };
    throw new ProblemException('operation-not-found', problem);
  }

  private async takeFor(merchant: MerchantConnection, { key, body, reply }: Call) {
    const { url = '' } = reply.request.routeOptions;
    const kind = kinds[url.split('/').at(-1) ?? ''];
    if (kind === undefined) throw new Error(`the route ${url} is for no kind of operation`);
    const outcome = await this.operations.take(toRequest(kind, merchant.id, key, body), merchant);
    return respond(outcome, operationProblems, (taken) => this.answers.play(taken, reply));
  }
}
