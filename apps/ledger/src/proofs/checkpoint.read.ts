import { Injectable } from '@nestjs/common';
import { type Checkpoint, decodeCheckpoint } from '@defter/ledger-domain';
import { Database, type Queryable } from '@defter/platform';
import type { PageRequest } from '../list-page.js';
import { HistoryBroken } from './batch-tree.read.js';

/** A checkpoint as it stands in the database: nobody has verified its signature. */
export interface CheckpointRow {
  readonly size: number;
  readonly note: string;
}

const SELECT = 'select size::float8 as size, note from checkpoint where ledger_id = $1';

/** The signed checkpoints of ledgers. */
@Injectable()
export class CheckpointReader {
  constructor(private readonly database: Database) {}

  page(ledgerId: number, { after, descending, limit }: PageRequest<number>): Promise<CheckpointRow[]> {
    const [behind, order] = descending ? ['<', 'desc'] : ['>', 'asc'];
    const sql = `${SELECT} and ($2::bigint is null or size ${behind} $2) order by size ${order} limit $3`;
    return this.database.query<CheckpointRow>(sql, [ledgerId, after ?? null, limit]);
  }

  async find(ledgerId: number, size: number): Promise<CheckpointRow | undefined> {
    const [row] = await this.database.query<CheckpointRow>(`${SELECT} and size = $2`, [ledgerId, size]);
    return row;
  }

  latest(ledgerId: number): Promise<CheckpointRow | undefined> {
    return latestCheckpoint(this.database, ledgerId);
  }
}

/** The checkpoint that covers most. */
export const latestCheckpoint = async (
  source: Queryable,
  ledgerId: number,
): Promise<CheckpointRow | undefined> => {
  const [row] = await source.query<CheckpointRow>(`${SELECT} order by size desc limit 1`, [ledgerId]);
  return row;
};

/** What a stored note says, unverified. @throws HistoryBroken when it isn't a checkpoint of that size */
export const contentOf = ({ size, note }: CheckpointRow): Checkpoint => {
  const checkpoint = decodeCheckpoint(note.slice(0, note.lastIndexOf('\n\n') + 1));
  if (checkpoint?.size !== size)
    throw new HistoryBroken(`Checkpoint ${size} is not a checkpoint of that size`);
  return checkpoint;
};
