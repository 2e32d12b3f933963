import { Controller, Get, Query } from '@nestjs/common';
import { isId } from '@defter/kernel';
import { Caller, decodeCursor, encodeCursor, type Page, page, parsePageSize, Scope } from '@defter/platform';
import { DeadLetters } from './dead-letter.read.js';
import { ListDeadLettersQuery, toDeadLetterView } from './dead-letters.wire.js';

type View = ReturnType<typeof toDeadLetterView>;

/** Above every id. */
const newest = '~';

/** What consumers couldn't handle, newest first. */
@Controller('api/v1/payments/webhook-dead-letters')
export class ListDeadLettersController {
  constructor(private readonly letters: DeadLetters) {}

  @Get()
  @Scope('webhooks:read')
  async list(@Query() query: ListDeadLettersQuery, @Caller() { tenantId }: Caller): Promise<Page<View>> {
    const { consumer, topic, cursor } = query;
    const replayed = query.replayed === undefined ? undefined : query.replayed === 'true';
    const size = parsePageSize(query.pageSize);
    const kind = `dead letters ${consumer ?? ''} ${topic ?? ''} ${query.replayed ?? ''}`;
    const before = cursor === undefined ? newest : decodeCursor(kind, cursor, toLetterId);
    const rows = await this.letters.list({ tenantId, consumer, topic, replayed, before, limit: size + 1 });
    return page(rows, size, { of: toDeadLetterView, cursorAfter: ({ id }) => encodeCursor(kind, id) });
  }
}

function toLetterId(place: unknown): string {
  if (typeof place !== 'string' || !isId('evt', place)) throw new Error('not a dead letter id');
  return place;
}
