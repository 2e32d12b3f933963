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
import { bookingsOf } from '../bookings/booking.read.js';
import { expectNoBody } from '../no-body.js';
import { CreateIntent, type CreateOutcome } from './create-intent.handler.js';
import type { IntentRow } from './intent-row.js';
import { intentProblems } from './intent.problems.js';
import { findIntent, listIntents } from './intent.read.js';
import { toIntentView } from './intent-view.js';
import {
  ConfirmIntentBody,
  CreateIntentBody,
  ListIntentsQuery,
  toIntentFilter,
  toIntentRequest,
} from './intent.wire.js';
import { timelineOf } from './timeline.read.js';

const LIST = 'payment_intents';

@Controller('v1/payment_intents')
export class IntentController {
  constructor(
    private readonly database: Database,
    private readonly creating: CreateIntent,
  ) {}

  @Post()
  @Scope('payments:write')
  @Idempotent()
  async create(@Body() body: CreateIntentBody, @Caller() { tenantId, actor }: Caller) {
    const outcome = await this.creating.getOrCreate(tenantId, actor, toIntentRequest(body));
    return { ...(await this.answer(tenantId, outcome)), created: outcome.accepted && outcome.created };
  }

  @Post(':id/confirm')
  @Scope('payments:write')
  @Idempotent()
  async confirm(
    @Param('id') id: string,
    @Body() body: ConfirmIntentBody,
    @Caller() { tenantId, actor }: Caller,
  ) {
    const { intent } = await this.row(tenantId, id);
    const wish = { ...intent, connectionId: body.connection_id, paymentMethod: body.payment_method };
    return this.answer(tenantId, await this.creating.confirm(tenantId, actor, id, wish));
  }

  @Post(':id/cancel')
  @Scope('payments:write')
  @Idempotent()
  async cancel(@Param('id') id: string, @Body() body: unknown, @Caller() { tenantId, actor }: Caller) {
    expectNoBody(body);
    await this.row(tenantId, id);
    return this.answer(tenantId, await this.creating.cancel(tenantId, actor, id));
  }

  @Get()
  @Scope('payments:read')
  async list(@Query() query: ListIntentsQuery, @Caller() { tenantId }: Caller) {
    const size = parsePageSize(query.page_size, 15, 100, 'page_size');
    const before = query.cursor && decodeCursor(LIST, query.cursor, String);
    const rows = await listIntents(this.database, tenantId, {
      ...toIntentFilter(query),
      before,
      limit: size + 1,
    });
    return this.pageOf(tenantId, rows, size);
  }

  @Get(':id')
  @Scope('payments:read')
  get(@Param('id') id: string, @Caller() { tenantId }: Caller) {
    return this.view(tenantId, id);
  }

  @Get(':id/timeline')
  @Scope('payments:read')
  async timeline(@Param('id') id: string, @Caller() { tenantId }: Caller) {
    await this.row(tenantId, id);
    return { data: await timelineOf(this.database, tenantId, id) };
  }

  private async answer(tenantId: string, outcome: CreateOutcome) {
    const id = respond(outcome, intentProblems, ({ intentId }) => intentId);
    return this.view(tenantId, id);
  }

  private async pageOf(tenantId: string, rows: readonly IntentRow[], size: number) {
    const ids = rows.map(({ intent }) => intent.intentId);
    const bookings = await bookingsOf(this.database, tenantId, ids);
    return page(rows, size, {
      of: (row) => toIntentView(row, bookings.get(row.intent.intentId) ?? []),
      cursorAfter: ({ intent }) => encodeCursor(LIST, intent.intentId),
    });
  }

  private async view(tenantId: string, id: string) {
    const row = await this.row(tenantId, id);
    return toIntentView(row, (await bookingsOf(this.database, tenantId, [id])).get(id) ?? []);
  }

  private async row(tenantId: string, id: string) {
    const row = isId('pi', id) ? await findIntent(this.database, tenantId, id) : undefined;
    if (row === undefined) throw notFound();
    return row;
  }
}
