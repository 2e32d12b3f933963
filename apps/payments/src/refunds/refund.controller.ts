import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { isId } from '@defter/kernel';
import {
  Caller,
  Database,
  decodeCursor,
  encodeCursor,
  Idempotent,
  ProblemException,
  page,
  parsePageSize,
  respond,
  Scope,
} from '@defter/platform';
import { bookingsOf } from '../bookings/booking.read.js';
import { expectNoBody } from '../no-body.js';
import { ChangeRefund } from './change-refund.handler.js';
import { refundProblems } from './refund.problems.js';
import { findRefund, listRefunds } from './refund.read.js';
import type { RefundRow } from '../refund-row.js';
import { toRefundView } from '../refund-view.js';
import { ListRefundsQuery } from './refund.wire.js';

const LIST = 'refunds';

@Controller('v1/refunds')
export class RefundController {
  constructor(
    private readonly database: Database,
    private readonly changing: ChangeRefund,
  ) {}

  @Post(':id/retry')
  @HttpCode(200)
  @Scope('payments:write')
  @Idempotent()
  async retry(@Param('id') id: string, @Body() body: unknown, @Caller() caller: Caller) {
    expectNoBody(body);
    const row = await this.row(caller.tenantId, id);
    respond(await this.changing.ask(caller, row, 'RetryRefund'), refundProblems, () => undefined);
    return this.view(caller, id);
  }

  @Post(':id/resolve')
  @HttpCode(200)
  @Scope('payments:write')
  @Idempotent()
  async resolve(@Param('id') id: string, @Body() body: unknown, @Caller() caller: Caller) {
    expectNoBody(body);
    const row = await this.row(caller.tenantId, id);
    respond(await this.changing.ask(caller, row, 'ResolveRefund'), refundProblems, () => undefined);
    return this.view(caller, id);
  }

  @Get()
  @Scope('payments:read')
  async list(@Query() query: ListRefundsQuery, @Caller() caller: Caller) {
    const size = parsePageSize(query.page_size, 15, 100, 'page_size');
    const before = query.cursor && decodeCursor(LIST, query.cursor, String);
    const { status, payment_intent: intentId } = query;
    const filter = { status, intentId, before, limit: size + 1 };
    return this.pageOf(caller, await listRefunds(this.database, caller.tenantId, filter), size);
  }

  @Get(':id')
  @Scope('payments:read')
  get(@Param('id') id: string, @Caller() caller: Caller) {
    return this.view(caller, id);
  }

  private async pageOf(caller: Caller, rows: readonly RefundRow[], size: number) {
    const ids = [...new Set(rows.map((row) => row.intentId))];
    const bookings = await bookingsOf(this.database, caller.tenantId, ids);
    return page(rows, size, {
      of: (row) => toRefundView(row, caller, bookings.get(row.intentId) ?? []),
      cursorAfter: ({ refund }) => encodeCursor(LIST, refund.refundId),
    });
  }

  private async view(caller: Caller, id: string) {
    const row = await this.row(caller.tenantId, id);
    const bookings = await bookingsOf(this.database, caller.tenantId, [row.intentId]);
    return toRefundView(row, caller, bookings.get(row.intentId) ?? []);
  }

  private async row(tenantId: string, id: string): Promise<RefundRow> {
    const row = isId('re', id) ? await findRefund(this.database, tenantId, id) : undefined;
    if (row === undefined) throw new ProblemException('refund-absent', refundProblems['refund-absent']);
    return row;
  }
}
