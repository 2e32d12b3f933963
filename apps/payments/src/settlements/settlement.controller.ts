import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { isId } from '@defter/kernel';
import {
  Caller,
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
import { type BookingView, bookingsOf } from '../bookings/booking.read.js';
import { BookSettlement } from './book-settlement.handler.js';
import { settlementProblems } from './settlement.problems.js';
import { listSettlements, type SettlementRow } from './settlement-row.js';
import { BookSettlementBody, ListSettlementsQuery, toSettlementWish } from './settlement.wire.js';

const LIST = 'settlements';

@Controller('v1/settlements')
export class SettlementController {
  constructor(
    private readonly database: Database,
    private readonly booking: BookSettlement,
  ) {}

  @Post()
  @Scope('payments:settle')
  @Idempotent()
  async book(@Body() body: BookSettlementBody, @Caller() { tenantId, actor }: Caller) {
    const outcome = await this.booking.getOrCreate(tenantId, actor, toSettlementWish(body));
    const { settlementId, created } = respond(outcome, settlementProblems, (accepted) => accepted);
    return { ...(await this.view(tenantId, settlementId)), created };
  }

  @Get()
  @Scope('payments:read')
  async list(@Query() query: ListSettlementsQuery, @Caller() { tenantId }: Caller) {
    const size = parsePageSize(query.page_size, 15, 100, 'page_size');
    const before = query.cursor && decodeCursor(LIST, query.cursor, String);
    const filter = { connectionId: query.connection_id, before, limit: size + 1 };
    return this.pageOf(tenantId, await listSettlements(this.database, tenantId, filter), size);
  }

  @Get(':id')
  @Scope('payments:read')
  get(@Param('id') id: string, @Caller() { tenantId }: Caller) {
    return this.view(tenantId, id);
  }

  private async pageOf(tenantId: string, rows: readonly SettlementRow[], size: number) {
    const ids = rows.map(({ settlementId }) => settlementId);
    const bookings = await bookingsOf(this.database, tenantId, ids);
    return page(rows, size, {
      of: (row) => toView(row, bookings.get(row.settlementId) ?? []),
      cursorAfter: ({ settlementId }) => encodeCursor(LIST, settlementId),
    });
  }

  private async view(tenantId: string, settlementId: string) {
    const isOurs = isId('st', settlementId);
    const [row] = isOurs ? await listSettlements(this.database, tenantId, { settlementId, limit: 1 }) : [];
    if (row === undefined) throw notFound();
    return toView(row, (await bookingsOf(this.database, tenantId, [settlementId])).get(settlementId) ?? []);
  }
}

const toView = (row: SettlementRow, bookings: readonly BookingView[]) => ({
  id: row.settlementId,
  object: 'settlement',
  connection_id: row.connectionId,
  reference: row.reference,
  amount_minor: row.amountMinor,
  currency: row.currency,
  requested_by: row.requestedBy,
  bookings,
  created_at: row.createdAt,
});
