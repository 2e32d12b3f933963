import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import {
  Caller,
  Database,
  decodeCursor,
  encodeCursor,
  Idempotent,
  page,
  parsePageSize,
  respond,
  Scope,
} from '@defter/platform';
import { bookingsOf } from '../bookings/booking.read.js';
import { CreateIntent } from './create-intent.handler.js';
import { IntentAnswers } from './intent-answers.js';
import type { IntentRow } from './intent-row.js';
import { intentProblems } from '../intent.problems.js';
import { listIntents } from './intent.read.js';
import { toIntentView } from './intent-view.js';
import {
  CreateIntentBody,
  ListIntentsQuery,
  TimelineQuery,
  toIntentFilter,
  toIntentRequest,
} from './intent.wire.js';
import { readsBalances } from '../insufficient-funds.js';
import { timelineOf } from './timeline.read.js';

const LIST = 'payment_intents';

@Controller('v1/payment_intents')
export class IntentController {
  constructor(
    private readonly database: Database,
    private readonly creating: CreateIntent,
    private readonly answers: IntentAnswers,
  ) {}

  @Post()
  @Scope('payments:write')
  @Idempotent()
  async create(@Body() body: CreateIntentBody, @Caller() caller: Caller) {
    const outcome = await this.creating.getOrCreate(caller.tenantId, caller.actor, toIntentRequest(body));
    const { intentId, created } = respond(outcome, intentProblems, (accepted) => accepted);
    return { ...(await this.answers.view(caller, intentId)), created };
  }

  @Get()
  @Scope('payments:read')
  async list(@Query() query: ListIntentsQuery, @Caller() caller: Caller) {
    const size = parsePageSize(query.page_size, 15, 100, 'page_size');
    const before = query.cursor && decodeCursor(LIST, query.cursor, String);
    const rows = await listIntents(this.database, caller.tenantId, {
      ...toIntentFilter(query),
      before,
      limit: size + 1,
    });
    return this.pageOf(caller, rows, size);
  }

  @Get(':id')
  @Scope('payments:read')
  get(@Param('id') id: string, @Caller() caller: Caller) {
    return this.answers.view(caller, id);
  }

  @Get(':id/timeline')
  @Scope('payments:read')
  async timeline(@Param('id') id: string, @Query() query: TimelineQuery, @Caller() caller: Caller) {
    const { tenantId } = caller;
    await this.answers.intent(tenantId, id);
    const size = parsePageSize(query.page_size, 100, 100, 'page_size');
    return timelineOf(this.database, tenantId, id, {
      ...{ cursor: query.cursor, size, seesBalances: readsBalances(caller) },
    });
  }

  private async pageOf(caller: Caller, rows: readonly IntentRow[], size: number) {
    const ids = rows.map(({ intent }) => intent.intentId);
    const bookings = await bookingsOf(this.database, caller.tenantId, ids);
    return page(rows, size, {
      of: (row) => toIntentView(row, caller, bookings.get(row.intent.intentId) ?? []),
      cursorAfter: ({ intent }) => encodeCursor(LIST, intent.intentId),
    });
  }
}
