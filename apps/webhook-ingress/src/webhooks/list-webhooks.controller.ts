import { Controller, Get, Query } from '@nestjs/common';
import { isId } from '@defter/kernel';
import { Caller, decodeCursor, encodeCursor, type Page, page, parsePageSize, Scope } from '@defter/platform';
import { Webhooks } from './webhooks.read.js';
import { ListWebhooksQuery, toWebhookView } from './webhooks.wire.js';

type View = ReturnType<typeof toWebhookView>;

/** What came in, newest first. */
@Controller('api/v1/payments/webhooks')
export class ListWebhooksController {
  constructor(private readonly webhooks: Webhooks) {}

  @Get()
  @Scope('webhooks:read')
  async list(@Query() query: ListWebhooksQuery, @Caller() { tenantId }: Caller): Promise<Page<View>> {
    const { status, provider, cursor } = query;
    const size = parsePageSize(query.pageSize);
    // A cursor fits only the list with the filters it was given for.
    const kind = `webhooks ${status ?? ''} ${provider ?? ''}`;
    const before = cursor === undefined ? undefined : decodeCursor(kind, cursor, toRequestId);
    const rows = await this.webhooks.list({ tenantId, status, provider, before, limit: size + 1 });
    return page(rows, size, { of: toWebhookView, cursorAfter: ({ id }) => encodeCursor(kind, id) });
  }
}

function toRequestId(place: unknown): string {
  if (typeof place !== 'string' || !isId('whk', place)) throw new Error('not a request id');
  return place;
}
