import { Body, Controller, Headers, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Caller, respond, Scope } from '@defter/platform';
import { parseIdempotencyKey } from '../idempotency-key.js';
import { payoutProblems } from './payout.problems.js';
import { toPayoutView } from './payout-view.js';
import { RequestPayoutBody, toPayoutWish } from './payout.wire.js';
import { type RequestOutcome, RequestPayout } from './request-payout.handler.js';

@Controller('v1/payouts')
export class RequestPayoutController {
  constructor(private readonly requesting: RequestPayout) {}

  /**
   * Not `@Idempotent()`: the ledger is called in between, so the key is claimed before it and answered
   * after it.
   */
  @Post()
  @Scope('payouts:request')
  async request(
    @Body() body: RequestPayoutBody,
    @Headers('idempotency-key') key: string | undefined,
    @Caller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { tenantId, actor, scopes } = caller;
    const asker = { tenantId, actor, scopes, key: parseIdempotencyKey(key) };
    const outcome = await this.requesting.handle(asker, toPayoutWish(body));
    if (outcome.repeated) void reply.header('idempotency-hit', 'true');
    return respond(outcome, payoutProblems, (accepted) => answerOf(accepted, caller));
  }
}

/** The payout as it was when its hold was placed: the same answer for ever, whatever became of it since. */
const answerOf = (
  { payout, version, createdAt }: Extract<RequestOutcome, { accepted: true }>,
  caller: Caller,
) => toPayoutView({ payout, version, createdAt, updatedAt: createdAt, isStuck: false }, caller, []);
