import { Body, Controller, Headers, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Caller, respond, Scope } from '@defter/platform';
import { parseIdempotencyKey } from '../idempotency-key.js';
import { refundProblems } from './refund.problems.js';
import { toRefundView } from '../refund-view.js';
import { RequestRefundBody, toRefundWish } from './refund.wire.js';
import { RequestRefund } from './request-refund.handler.js';

@Controller('v1/refunds')
export class RequestRefundController {
  constructor(private readonly requesting: RequestRefund) {}

  /**
   * Not `@Idempotent()`: the ledger is called in between, so the key is claimed before it and answered
   * after it. The answer is the refund as it was when its hold was placed, whatever became of it since.
   */
  @Post()
  @Scope('payments:write')
  async request(
    @Body() body: RequestRefundBody,
    @Headers('idempotency-key') key: string | undefined,
    @Caller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { tenantId, actor, scopes } = caller;
    const asker = { tenantId, actor, scopes, key: parseIdempotencyKey(key) };
    const outcome = await this.requesting.handle(asker, toRefundWish(body));
    if (outcome.repeated) void reply.header('idempotency-hit', 'true');
    return respond(outcome, refundProblems, ({ row }) => toRefundView(row, caller, []));
  }
}
