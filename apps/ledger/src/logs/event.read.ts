import { Injectable } from '@nestjs/common';
import { decodeEvent, eventLeaf, type LedgerEvent } from '@defter/ledger-domain';
import { Database } from '@defter/platform';
import type { EventRecord } from '../engine/submission.js';

interface EventRow {
  sequence: number;
  type: LedgerEvent['type'];
  recorded_at: string;
  idempotency_key: string | null;
  /** Its bytes are what the proofs cover, so it is read as text. */
  payload: string;
}

/** An event with the hash by which the ledger's proofs cover it. */
export interface HashedEvent extends EventRecord {
  /** Base64 of the leaf in its batch's Merkle tree. */
  readonly hash: string;
}

const COLUMNS = `event.sequence::float8 as sequence, event.type, event.idempotency_key,
  event.payload::text as payload,
  to_char(event.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as recorded_at`;
const SELECT = `select ${COLUMNS} from event where event.ledger_id = $1`;

const CREATING = `select ${COLUMNS} from transaction
join event on event.ledger_id = transaction.ledger_id and event.sequence = transaction.sequence
where transaction.ledger_id = $1 and transaction.transaction_id = any($2::bigint[])`;

const toRecord = ({ sequence, type, recorded_at, idempotency_key, payload }: EventRow): EventRecord => ({
  sequence,
  recordedAt: recorded_at,
  key: idempotency_key,
  ...decodeEvent(type, JSON.parse(payload)),
});

const toHashed = (row: EventRow): HashedEvent => {
  const { sequence, type, recorded_at: recordedAt, idempotency_key: idempotencyKey, payload } = row;
  const leaf = eventLeaf({ sequence, type, recordedAt, idempotencyKey, payload });
  return { ...toRecord(row), hash: leaf.toString('base64') };
};

/** The events of a ledger as they were committed. */
@Injectable()
export class EventReader {
  constructor(private readonly database: Database) {}

  /** The events of these sequences, in their order. */
  async bySequences(ledgerId: number, sequences: readonly bigint[]): Promise<HashedEvent[]> {
    if (sequences.length === 0) return [];
    const sql = `${SELECT} and sequence = any($2::bigint[])`;
    const rows = await this.database.query<EventRow>(sql, [ledgerId, sequences.map(String)]);
    const events = new Map(rows.map((row) => [BigInt(row.sequence), toHashed(row)]));
    return sequences.flatMap((sequence) => events.get(sequence) ?? []);
  }

  /** Oldest first, from the sequence after the given one. */
  async after(ledgerId: number, { after, limit }: { after: bigint; limit: number }): Promise<EventRecord[]> {
    const sql = `${SELECT} and sequence > $2 order by sequence limit $3`;
    return (await this.database.query<EventRow>(sql, [ledgerId, after, limit])).map(toRecord);
  }

  /** The events that created the given transactions, in no order. */
  async creating(ledgerId: number, transactionIds: readonly number[]): Promise<EventRecord[]> {
    if (transactionIds.length === 0) return [];
    return (await this.database.query<EventRow>(CREATING, [ledgerId, transactionIds])).map(toRecord);
  }
}
