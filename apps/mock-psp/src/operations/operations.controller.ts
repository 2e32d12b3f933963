import { Body, Controller, Get, Headers, Param, Post, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ProblemException, Public, respond } from '@defter/platform';
import type { OperationKind } from './operation.js';
import { ConnectionKeyGuard, Merchant } from '../connection-key.js';
import { type MerchantConnection } from '../connections.js';
import { AnswerPlayer } from './answer-player.js';
import { operationProblems } from './operation.problems.js';
import { OperationBody, operationView, toRequest } from './operation.wire.js';
import { Operations } from './operations.handler.js';

interface Call {
  readonly merchant: MerchantConnection;
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
  ) {}

  @Post('charges')
  @Public()
  charge(
    @Merchant() merchant: MerchantConnection,
    @Headers('idempotency-key') key: string | undefined,
    @Body() body: OperationBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.take('charge', { merchant, key, body, reply });
  }

  @Post('refunds')
  @Public()
  refund(
    @Merchant() merchant: MerchantConnection,
    @Headers('idempotency-key') key: string | undefined,
    @Body() body: OperationBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.take('refund', { merchant, key, body, reply });
  }

  @Post('payouts')
  @Public()
  payout(
    @Merchant() merchant: MerchantConnection,
    @Headers('idempotency-key') key: string | undefined,
    @Body() body: OperationBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.take('payout', { merchant, key, body, reply });
  }

  @Get('operations/:operationId')
  @Public()
  async find(@Merchant() merchant: MerchantConnection, @Param('operationId') operationId: string) {
    const found = await this.operations.find(merchant.id, operationId);
    if (found !== undefined) return operationView(found.operation, found.step);
    // A code of its own, so that nobody takes the 404 of a wrong address for "this operation never happened".
    const problem = { status: 404, title: 'There is no such operation' };
    throw new ProblemException('operation-not-found', problem);
  }

  private async take(kind: OperationKind, { merchant, key, body, reply }: Call) {
    const outcome = await this.operations.take(toRequest(kind, merchant.id, key, body), merchant);
    return respond(outcome, operationProblems, (taken) => this.answers.play(taken, reply));
  }
}
