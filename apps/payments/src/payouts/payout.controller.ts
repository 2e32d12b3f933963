import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { Caller, CLOCK, decodeCursor, Idempotent, parsePageSize, Scope } from '@defter/platform';
import { expectNoBody } from '../no-body.js';
import { ChangePayout } from './change-payout.handler.js';
import { PAYOUT_LIST, PayoutAnswers } from './payout-answers.js';
import { ListPayoutsQuery, ReasonBody, toPayoutFilter } from './payout.wire.js';

/** Payouts as they are read, and what people do about one that is on its way or shall not be. */
@Controller('v1/payouts')
export class PayoutController {
  constructor(
    private readonly changing: ChangePayout,
    private readonly answers: PayoutAnswers,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post(':id/cancel')
  @HttpCode(200)
  @Scope('payouts:approve')
  @Idempotent()
  async cancel(@Param('id') id: string, @Body() { reason }: ReasonBody, @Caller() caller: Caller) {
    await this.answers.find(caller, id);
    return this.answers.answer(caller, await this.changing.cancel(caller, id, reason));
  }

  @Post(':id/retry')
  @HttpCode(200)
  @Scope('payouts:approve')
  @Idempotent()
  async retry(@Param('id') id: string, @Body() body: unknown, @Caller() caller: Caller) {
    expectNoBody(body);
    await this.answers.find(caller, id);
    return this.answers.answer(caller, await this.changing.retry(caller, id));
  }

  @Post(':id/resolve')
  @HttpCode(200)
  @Scope('payouts:approve')
  @Idempotent()
  async resolve(@Param('id') id: string, @Body() body: unknown, @Caller() caller: Caller) {
    expectNoBody(body);
    await this.answers.find(caller, id);
    return this.answers.answer(caller, await this.changing.resolve(caller, id));
  }

  @Get()
  @Scope('payments:read')
  list(@Query() query: ListPayoutsQuery, @Caller() caller: Caller) {
    const size = parsePageSize(query.page_size, 15, 100, 'page_size');
    const before = query.cursor && decodeCursor(PAYOUT_LIST, query.cursor, String);
    return this.answers.page(caller, toPayoutFilter(query, before, this.clock.now()), size);
  }

  @Get(':id')
  @Scope('payments:read')
  get(@Param('id') id: string, @Caller() caller: Caller) {
    return this.answers.view(caller, id);
  }
}
