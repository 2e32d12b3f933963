import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { type Clock, isId } from '@defter/kernel';
import {
  Caller,
  CLOCK,
  Database,
  decodeCursor,
  encodeCursor,
  notFound,
  type Page,
  page,
  parsePageSize,
  Scope,
} from '@defter/platform';
import { findReplay, listItems, listReplays, type ReplayRow } from './replay-row.js';
import { ListReplaysQuery, toItemView, toReplayView } from './replays.wire.js';

/** Above every id. */
const newest = '~';

/** Shows replays and what they are made of. */
@Controller('api/v1/payments/webhook-replays')
export class ReadReplaysController {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Scope('webhooks:read')
  async list(
    @Query() { cursor, pageSize }: ListReplaysQuery,
    @Caller() { tenantId }: Caller,
  ): Promise<Page<ReturnType<typeof toReplayView>>> {
    const size = parsePageSize(pageSize);
    const before = cursor === undefined ? newest : decodeCursor('replays', cursor, toJobId);
    const rows = await listReplays(this.database, tenantId, { before, limit: size + 1 });
    return page(rows, size, {
      of: (job) => toReplayView(job, this.clock.now()),
      cursorAfter: ({ id }) => encodeCursor('replays', id),
    });
  }

  @Get(':id')
  @Scope('webhooks:read')
  async show(
    @Param('id') id: string,
    @Caller() { tenantId }: Caller,
  ): Promise<ReturnType<typeof toReplayView>> {
    return toReplayView(await this.find(tenantId, id), this.clock.now());
  }

  @Get(':id/items')
  @Scope('webhooks:read')
  async items(
    @Param('id') id: string,
    @Query() { cursor, pageSize }: ListReplaysQuery,
    @Caller() { tenantId }: Caller,
  ): Promise<Page<ReturnType<typeof toItemView>>> {
    const job = await this.find(tenantId, id);
    const size = parsePageSize(pageSize);
    const kind = `items of ${job.id}`;
    const after = cursor === undefined ? -1 : decodeCursor(kind, cursor, toOrdinal);
    const rows = await listItems(this.database, tenantId, job.id, { after, limit: size + 1 });
    return page(rows, size, { of: toItemView, cursorAfter: ({ ordinal }) => encodeCursor(kind, ordinal) });
  }

  private async find(tenantId: string, id: string): Promise<ReplayRow> {
    const job = isId('run', id) ? await findReplay(this.database, tenantId, id) : undefined;
    if (job === undefined) throw notFound();
    return job;
  }
}

function toJobId(place: unknown): string {
  if (typeof place !== 'string' || !isId('run', place)) throw new Error('not a replay id');
  return place;
}

function toOrdinal(place: unknown): number {
  if (typeof place !== 'number' || !Number.isSafeInteger(place) || place < 0) throw new Error('no ordinal');
  return place;
}
