import { Injectable } from '@nestjs/common';
import { decodeEvent, type LedgerEvent } from '@defter/ledger-domain';
import { Database } from '@defter/platform';
import type { EventRecord } from '../engine/submission.js';

interface EventRow {
  sequence: number;
  type: LedgerEvent['type'];
  recorded_at: string;
  idempotency_key: string | null;
  payload: unknown;
}

const SELECT = `select sequence::float8 as sequence, type, idempotency_key, payload,
  to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as recorded_at
from event where ledger_id = $1`;

const toRecord = ({ sequence, type, recorded_at, idempotency_key, payload }: EventRow): EventRecord => ({
  sequence,
  recordedAt: recorded_at,
  key: idempotency_key,
  ...decodeEvent(type, payload),
});

/** The events of a ledger as they were committed. */
@Injectable()
export class EventReader {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async before(
    ledgerId: number,
    { before, limit }: { before: number | undefined; limit: number },
  ): Promise<EventRecord[]> {
    const sql = `${SELECT} and sequence < coalesce($2::bigint, 9223372036854775807)
      order by sequence desc limit $3`;
    return (await this.database.query<EventRow>(sql, [ledgerId, before ?? null, limit])).map(toRecord);
  }

  /** Oldest first, from the sequence after the given one. */
  async after(ledgerId: number, { after, limit }: { after: bigint; limit: number }): Promise<EventRecord[]> {
    const sql = `${SELECT} and sequence > $2 order by sequence limit $3`;
    return (await this.database.query<EventRow>(sql, [ledgerId, after, limit])).map(toRecord);
  }
}
