import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
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
import { bookingsOf } from '../bookings/booking.read.js';
import { DecideSettlement, type SettlementDecision } from './decide-settlement.handler.js';
import { RequestSettlement } from './request-settlement.handler.js';
import { settlementProblems } from './settlement.problems.js';
import { listSettlements, type SettlementRow } from '../settlement-row.js';
import { toSettlementView } from './settlement-view.js';
import {
  ApproveSettlementBody,
  EndSettlementBody,
  ListSettlementsQuery,
  RequestSettlementBody,
  toSettlementWish,
} from './settlement.wire.js';

const LIST = 'settlements';

@Controller('v1/settlements')
export class SettlementController {
  constructor(
    private readonly database: Database,
    private readonly requesting: RequestSettlement,
    private readonly deciding: DecideSettlement,
  ) {}

  @Post()
  @Scope('payments:settle')
  @Idempotent()
  async ask(@Body() body: RequestSettlementBody, @Caller() caller: Caller) {
    const outcome = await this.requesting.getOrCreate(caller, toSettlementWish(body));
    const { settlementId, created } = respond(outcome, settlementProblems, (accepted) => accepted);
    return { ...(await this.view(caller, settlementId)), created };
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Scope('payments:settle')
  @Idempotent()
  async approve(@Param('id') id: string, @Body() body: ApproveSettlementBody, @Caller() caller: Caller) {
    const { payload_hash: payloadHash, other_than: otherThan = [] } = body;
    return this.decide(caller, id, { type: 'ApproveSettlement', payloadHash, otherThan });
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Scope('payments:settle')
  @Idempotent()
  reject(@Param('id') id: string, @Body() { reason }: EndSettlementBody, @Caller() caller: Caller) {
    return this.decide(caller, id, { type: 'RejectSettlement', reason });
  }

  @Post(':id/withdraw')
  @HttpCode(200)
  @Scope('payments:settle')
  @Idempotent()
  withdraw(@Param('id') id: string, @Body() { reason }: EndSettlementBody, @Caller() caller: Caller) {
    return this.decide(caller, id, { type: 'WithdrawSettlement', reason });
  }

  @Get()
  @Scope('payments:read')
  async list(@Query() query: ListSettlementsQuery, @Caller() caller: Caller) {
    const size = parsePageSize(query.page_size, 15, 100, 'page_size');
    const before = query.cursor && decodeCursor(LIST, query.cursor, String);
    const filter = { connectionId: query.connection_id, before, limit: size + 1 };
    return this.pageOf(caller, await listSettlements(this.database, caller.tenantId, filter), size);
  }

  @Get(':id')
  @Scope('payments:read')
  get(@Param('id') id: string, @Caller() caller: Caller) {
    return this.view(caller, id);
  }

  private async decide(caller: Caller, id: string, wanted: SettlementDecision) {
    const outcome = await this.deciding.decide(caller, id, wanted);
    return this.view(
      caller,
      respond(outcome, settlementProblems, ({ settlementId }) => settlementId),
    );
  }

  private async pageOf(caller: Caller, rows: readonly SettlementRow[], size: number) {
    const ids = rows.map(({ settlementId }) => settlementId);
    const bookings = await bookingsOf(this.database, caller.tenantId, ids);
    return page(rows, size, {
      of: (row) => toSettlementView(row, caller, bookings.get(row.settlementId) ?? []),
      cursorAfter: ({ settlementId }) => encodeCursor(LIST, settlementId),
    });
  }

  private async view(caller: Caller, settlementId: string) {
    const { tenantId } = caller;
    const isOurs = isId('st', settlementId);
    const [row] = isOurs ? await listSettlements(this.database, tenantId, { settlementId, limit: 1 }) : [];
    if (row === undefined) throw notFound();
    const bookings = await bookingsOf(this.database, tenantId, [settlementId]);
    return toSettlementView(row, caller, bookings.get(settlementId) ?? []);
  }
}
