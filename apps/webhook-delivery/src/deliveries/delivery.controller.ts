import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { isId } from '@defter/kernel';
import {
  Caller,
  decodeCursor,
  encodeCursor,
  Idempotent,
  page,
  parsePageSize,
  RawJson,
  respond,
  Scope,
  writeJson,
} from '@defter/platform';
import { expectNoBody } from '../no-body.js';
import { Deliveries } from './deliveries.read.js';
import { deliveryProblems } from './delivery.problems.js';
import { ListAttemptsQuery, ListDeliveriesQuery, toAttemptView, toDeliveryView } from './delivery.wire.js';
import { SendAgain } from './send-again.handler.js';

@Controller('v1')
export class DeliveryController {
  constructor(
    private readonly deliveries: Deliveries,
    private readonly sending: SendAgain,
  ) {}

  @Get('webhook_deliveries')
  @Scope('webhook_deliveries:read')
  async list(@Query() query: ListDeliveriesQuery, @Caller() { tenantId }: Caller) {
    const { endpoint_id: endpointId, message_id: messageId, state, type, cursor } = query;
    const size = parsePageSize(query.page_size, 15, 100, 'page_size');
    // A cursor fits only the list with the filters it was given for.
    const kind = ['webhook_deliveries', endpointId, messageId, state, type]
      .map((part) => part ?? '')
      .join(' ');
    const before = cursor === undefined ? undefined : decodeCursor(kind, cursor, toDeliveryId);
    const filter = { endpointId, messageId, state, type, before, limit: size + 1 };
    const rows = await this.deliveries.list(tenantId, filter);
    return page(rows, size, { of: toDeliveryView, cursorAfter: ({ id }) => encodeCursor(kind, id) });
  }

  /**
   * With the message's own text as `payload`: exactly what was signed, except for spaces between its
   * members.
   */
  @Get('webhook_deliveries/:id')
  @Scope('webhook_deliveries:read')
  async get(@Param('id') id: string, @Caller() { tenantId }: Caller) {
    const row = await this.deliveries.get(tenantId, id);
    const body = await this.deliveries.bodyOf(tenantId, row.messageId);
    return new RawJson(`${writeJson(toDeliveryView(row)).slice(0, -1)},"payload":${body}}`);
  }

  @Get('webhook_deliveries/:id/attempts')
  @Scope('webhook_deliveries:read')
  async attempts(
    @Param('id') id: string,
    @Query() { cursor, page_size: asked }: ListAttemptsQuery,
    @Caller() { tenantId }: Caller,
  ) {
    const row = await this.deliveries.get(tenantId, id);
    const size = parsePageSize(asked, 15, 100, 'page_size');
    const after = cursor === undefined ? 0 : decodeCursor(row.id, cursor, toNumber);
    const attempts = await this.deliveries.attemptsOf(tenantId, row.id, after, size + 1);
    const cursorAfter = ({ number }: { number: number }) => encodeCursor(row.id, number);
    return page(attempts, size, { of: toAttemptView, cursorAfter });
  }

  @Post('webhook_deliveries/:id/retry')
  @HttpCode(202)
  @Scope('webhook_deliveries:write')
  @Idempotent()
  async retry(@Param('id') id: string, @Body() body: unknown, @Caller() { tenantId }: Caller) {
    expectNoBody(body);
    const outcome = await this.sending.retry(tenantId, id);
    const deliveryId = respond(outcome, deliveryProblems, (accepted) => accepted.deliveryId);
    return toDeliveryView(await this.deliveries.get(tenantId, deliveryId));
  }

  @Post('webhook_endpoints/:id/test')
  @HttpCode(202)
  @Scope('webhook_deliveries:write')
  @Idempotent()
  async test(@Param('id') id: string, @Body() body: unknown, @Caller() { tenantId }: Caller) {
    expectNoBody(body);
    const outcome = await this.sending.test(tenantId, id);
    const deliveryId = respond(outcome, deliveryProblems, (accepted) => accepted.deliveryId);
    return toDeliveryView(await this.deliveries.get(tenantId, deliveryId));
  }
}

function toDeliveryId(place: unknown): string {
  if (typeof place !== 'string' || !isId('dlv', place)) throw new Error('not a delivery id');
  return place;
}

function toNumber(place: unknown): number {
  if (typeof place !== 'number' || !Number.isSafeInteger(place))
    throw new Error('not a number of an attempt');
  return place;
}
