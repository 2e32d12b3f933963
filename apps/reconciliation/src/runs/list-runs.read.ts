import { Injectable } from '@nestjs/common';
import { isId } from '@defter/kernel';
import { Database, decodeCursor, encodeCursor, page, parsePageSize } from '@defter/platform';
import type { RunPage } from '@defter/reconciliation-contracts';
import { RUN_COLUMNS, type RunRow } from './run.js';
import { type ListRunsQuery, toRunView } from './run.wire.js';

const CURSOR = 'runs';

/** Ids begin with their time, so the newest run has the greatest. */
const LIST = `
  select ${RUN_COLUMNS} from run
   where tenant_id = $1 and ($2::text is null or run_id < $2) order by run_id desc limit $3`;

/** The tenant's runs, newest first. */
@Injectable()
export class ListRuns {
  constructor(private readonly database: Database) {}

  async list(tenantId: string, { cursor, page_size }: ListRunsQuery): Promise<RunPage> {
    const size = parsePageSize(page_size, 20, 100, 'page_size');
    const before = cursor === undefined ? null : decodeCursor(CURSOR, cursor, parsePlace);
    const rows = await this.database.query<RunRow>(LIST, [tenantId, before, size + 1]);
    return page(rows, size, { of: toRunView, cursorAfter: ({ run_id }) => encodeCursor(CURSOR, run_id) });
  }
}

function parsePlace(place: unknown): string {
  if (typeof place !== 'string' || !isId('run', place)) throw new Error('no run id');
  return place;
}
