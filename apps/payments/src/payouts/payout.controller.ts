import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
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
import { parseIdempotencyKey } from '../idempotency-key.js';
import { expectNoBody } from '../no-body.js';
import { ChangePayout } from './change-payout.handler.js';
import { payoutProblems } from './payout.problems.js';
import { findPayout, listPayouts } from './payout.read.js';
import { toPayoutView } from './payout.view.js';
import { ApprovePayoutBody, ListPayoutsQuery, ReasonBody, RequestPayoutBody, toPayoutWish } from './payout.wire.js';
import type { PayoutOutcome } from './payouts.js';
import { RequestPayout } from './request-payout.handler.js';

const LIST = 'payouts';

@Controller('v1/payouts')
export class PayoutController {
  constructor(
    private readonly database: Database,
    private readonly requesting: RequestPayout,
    private readonly changing: ChangePayout,
    @Inject(CONFIG) private readonly config: PaymentsConfig,
  ) {}

  /** Not `@Idempotent()`: the ledger is called in between, so the key is claimed before it and answered after it. */
  @Post()
  @Scope('payouts:request')
  async request(
    @Body() body: RequestPayoutBody,
    @Headers('idempotency-key') key: string | undefined,
    @Caller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const asker = { tenantId: caller.tenantId, actor: caller.actor, key: parseIdempotencyKey(key) };
    const outcome = await this.requesting.handle(asker, toPayoutWish(body));
    if (outcome.repeated) void reply.header('idempotency-hit', 'true');
    const { payout, version } = respond(outcome, payoutProblems, (accepted) => accepted);
    const row = await this.row(caller.tenantId, payout.payoutId);
    const answered = { payout, version, createdAt: row.createdAt, updatedAt: row.createdAt, isStuck: false };
    return toPayoutView(answered, caller, []);
  }

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
    const size = parsePageSize(query.page_size);
    const { state, provider, customer_id: customerId, requested_by: requestedBy, stuck, cursor } = query;
    const before = cursor && decodeCursor(LIST, cursor, String);
    const rows = await listPayouts(this.database, caller.tenantId, this.config.stuckAfterMs, {
      ...{ state, provider, customerId, requestedBy, before, limit: size + 1 },
      stuck: stuck && stuck === 'true',
    });
    const bookings = await bookingsOf(this.database, caller.tenantId, rows.map(({ payout }) => payout.payoutId));
    return page(rows, size, {
      of: (row) => toPayoutView(row, caller, bookings.get(row.payout.payoutId) ?? []),
      cursorAfter: ({ payout }) => encodeCursor(LIST, payout.payoutId),
    });
  }

  @Get(':id')
  @Scope('payments:read')
  get(@Param('id') id: string, @Caller() caller: Caller) {
    return this.view(caller, id);
  }

  private answer(caller: Caller, outcome: PayoutOutcome) {
    return this.view(caller, respond(outcome, payoutProblems, ({ payout }) => payout.payoutId));
  }

  private async view(caller: Caller, id: string) {
    const row = await this.row(caller.tenantId, id);
    return toPayoutView(row, caller, (await bookingsOf(this.database, caller.tenantId, [id])).get(id) ?? []);
  }

  private async row(tenantId: string, id: string) {
    const row = isId('po', id) ? await findPayout(this.database, tenantId, id, this.config.stuckAfterMs) : undefined;
    if (row === undefined) throw notFound();
    return row;
  }
}
