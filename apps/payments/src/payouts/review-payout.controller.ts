import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Caller, Idempotent, Scope } from '@defter/platform';
import { expectNoBody } from '../no-body.js';
import { storedDestination } from '../plain-text.js';
import { ChangePayout } from './change-payout.handler.js';
import { PayoutAnswers } from './payout-answers.js';
import { ApprovePayoutBody, EditPayoutBody, ReasonBody, ReviewPayoutBody } from './payout.wire.js';

/** What people do to a payout before it is sent. */
@Controller('v1/payouts')
export class ReviewPayoutController {
  constructor(
    private readonly changing: ChangePayout,
    private readonly answers: PayoutAnswers,
  ) {}

  @Post(':id/review')
  @HttpCode(200)
  @Scope('payouts:approve')
  @Idempotent()
  async review(@Param('id') id: string, @Body() body: ReviewPayoutBody, @Caller() caller: Caller) {
    await this.answers.find(caller, id);
    return this.answers.answer(caller, await this.changing.review(caller, id, body.assignee));
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Scope('payouts:approve')
  @Idempotent()
  async approve(@Param('id') id: string, @Body() body: ApprovePayoutBody, @Caller() caller: Caller) {
    await this.answers.find(caller, id);
    const seen = { payloadHash: body.payload_hash, note: body.note ?? '' };
    return this.answers.answer(caller, await this.changing.approve(caller, id, seen));
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Scope('payouts:approve')
  @Idempotent()
  async reject(@Param('id') id: string, @Body() { reason }: ReasonBody, @Caller() caller: Caller) {
    await this.answers.find(caller, id);
    return this.answers.answer(caller, await this.changing.reject(caller, id, reason));
  }

  @Post(':id/hold')
  @HttpCode(200)
  @Scope('payouts:approve')
  @Idempotent()
  async hold(@Param('id') id: string, @Body() { reason }: ReasonBody, @Caller() caller: Caller) {
    await this.answers.find(caller, id);
    return this.answers.answer(caller, await this.changing.hold(caller, id, reason));
  }

  @Post(':id/release')
  @HttpCode(200)
  @Scope('payouts:approve')
  @Idempotent()
  async release(@Param('id') id: string, @Body() body: unknown, @Caller() caller: Caller) {
    expectNoBody(body);
    await this.answers.find(caller, id);
    return this.answers.answer(caller, await this.changing.release(caller, id));
  }

  /** By who may ask for payouts; whoever edits can't approve what they made of it. */
  @Post(':id/edit')
  @HttpCode(200)
  @Scope('payouts:request')
  @Idempotent()
  async edit(@Param('id') id: string, @Body() body: EditPayoutBody, @Caller() caller: Caller) {
    await this.answers.find(caller, id);
    const { payload_hash: seenHash, destination, metadata } = body;
    const stored = destination === undefined ? undefined : storedDestination(destination);
    const change = { seenHash, destination: stored, metadata };
    return this.answers.answer(caller, await this.changing.edit(caller, id, change));
  }
}
