import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { isId } from '@defter/kernel';
import {
  Caller,
  CONFIG,
  Database,
  decodeCursor,
  encodeCursor,
  Idempotent,
  notFound,
  page,
  parsePageSize,
  respond,
  Scope,
} from '@defter/platform';
import { bookingsOf } from '../bookings/booking.read.js';
import type { PaymentsConfig } from '../config.js';
import { expectNoBody } from '../no-body.js';
import { ChangePayout } from './change-payout.handler.js';
import { payoutProblems } from './payout.problems.js';
import { findPayout, listPayouts } from './payout.read.js';
import { toPayoutView } from './payout-view.js';
import { ApprovePayoutBody, ListPayoutsQuery, ReasonBody, toPayoutFilter } from './payout.wire.js';
import type { PayoutRow } from './payout-row.js';
import type { PayoutOutcome } from './payouts.js';

const LIST = 'payouts';

@Controller('v1/payouts')
export class PayoutController {
  constructor(
    private readonly database: Database,
    private readonly changing: ChangePayout,
    @Inject(CONFIG) private readonly config: PaymentsConfig,
  ) {}

  @Post(':id/approve')
  @HttpCode(200)
  @Scope('payouts:approve')
  @Idempotent()
  async approve(@Param('id') id: string, @Body() body: ApprovePayoutBody, @Caller() caller: Caller) {
    await this.row(caller.tenantId, id);
    const seen = { payloadHash: body.payload_hash, note: body.note ?? '' };
    return this.answer(caller, await this.changing.approve(caller, id, seen));
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Scope('payouts:approve')
  @Idempotent()
  async reject(@Param('id') id: string, @Body() { reason }: ReasonBody, @Caller() caller: Caller) {
    await this.row(caller.tenantId, id);
    return this.answer(caller, await this.changing.reject(caller, id, reason));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Scope('payouts:approve')
  @Idempotent()
  async cancel(@Param('id') id: string, @Body() { reason }: ReasonBody, @Caller() caller: Caller) {
    await this.row(caller.tenantId, id);
    return this.answer(caller, await this.changing.cancel(caller, id, reason));
  }

  @Post(':id/retry')
  @HttpCode(200)
  @Scope('payouts:approve')
  @Idempotent()
  async retry(@Param('id') id: string, @Body() body: unknown, @Caller() caller: Caller) {
    expectNoBody(body);
    await this.row(caller.tenantId, id);
    return this.answer(caller, await this.changing.retry(caller, id));
  }

  @Post(':id/resolve')
  @HttpCode(200)
  @Scope('payouts:approve')
  @Idempotent()
  async resolve(@Param('id') id: string, @Body() body: unknown, @Caller() caller: Caller) {
    expectNoBody(body);
    await this.row(caller.tenantId, id);
    return this.answer(caller, await this.changing.resolve(caller, id));
  }

  @Get()
  @Scope('payments:read')
  async list(@Query() query: ListPayoutsQuery, @Caller() caller: Caller) {
    const size = parsePageSize(query.page_size, 15, 100, 'page_size');
    const before = query.cursor && decodeCursor(LIST, query.cursor, String);
    const filter = { ...toPayoutFilter(query), before, limit: size + 1 };
    const rows = await listPayouts(this.database, caller.tenantId, this.config.stuckAfterMs, filter);
    return this.pageOf(caller, rows, size);
  }

  @Get(':id')
  @Scope('payments:read')
  get(@Param('id') id: string, @Caller() caller: Caller) {
    return this.view(caller, id);
  }

  private async pageOf(caller: Caller, rows: readonly PayoutRow[], size: number) {
    const ids = rows.map(({ payout }) => payout.payoutId);
    const bookings = await bookingsOf(this.database, caller.tenantId, ids);
    return page(rows, size, {
      of: (row) => toPayoutView(row, caller, bookings.get(row.payout.payoutId) ?? []),
      cursorAfter: ({ payout }) => encodeCursor(LIST, payout.payoutId),
    });
  }

  private answer(caller: Caller, outcome: PayoutOutcome) {
    return this.view(
      caller,
      respond(outcome, payoutProblems, ({ payout }) => payout.payoutId),
    );
  }

  private async view(caller: Caller, id: string) {
    const row = await this.row(caller.tenantId, id);
    return toPayoutView(row, caller, (await bookingsOf(this.database, caller.tenantId, [id])).get(id) ?? []);
  }

  private async row(tenantId: string, id: string) {
    const row = isId('po', id)
      ? await findPayout(this.database, tenantId, id, this.config.stuckAfterMs)
      : undefined;
    if (row === undefined) throw notFound();
    return row;
  }
}
