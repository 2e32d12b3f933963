import { Injectable } from '@nestjs/common';
import { decodeEvent, type LedgerEvent } from '@defter/ledger-domain';
import { Database } from '@defter/platform';
import type { EventRecord } from '../engine/submission.js';
import { transactionView } from '../transaction-view.js';

interface TransactionRow {
  id: number;
  status: string;
  reverts: number | null;
  reverted_by: number | null;
  reverted_at: string | null;
  metadata: Record<string, string> | null;
  sequence: number;
  type: LedgerEvent['type'];
  recorded_at: string;
  payload: unknown;
  /** Captured and still held, by position; null for what never was a hold. */
  hold: readonly (readonly [captured: string, remaining: string])[] | null;
}

const SELECT = `
select t.transaction_id::float8 as id, t.status, t.metadata,
  t.reverts::float8 as reverts, t.reverted_by::float8 as reverted_by,
  (select to_char(re.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    from transaction r join event re on re.ledger_id = r.ledger_id and re.sequence = r.sequence
    where r.ledger_id = t.ledger_id and r.transaction_id = t.reverted_by) as reverted_at,
  e.sequence::float8 as sequence, e.type, e.payload,
  (select json_agg(json_build_array(h.captured::text, h.remaining::text) order by h.position) from hold h
    where h.ledger_id = t.ledger_id and h.transaction_id = t.transaction_id) as hold,
  to_char(e.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as recorded_at
from transaction t join event e on e.ledger_id = t.ledger_id and e.sequence = t.sequence
where t.ledger_id = $1`;

const toRecord = (row: TransactionRow): EventRecord => ({
  sequence: row.sequence,
  recordedAt: row.recorded_at,
  key: null,
  ...decodeEvent(row.type, row.payload),
});

const toView = (row: TransactionRow, record: EventRecord = toRecord(row)) => {
  const view = transactionView(record);
  return {
    ...view,
    postings: view.postings.map((posting, position) => ({ ...posting, ...holdOf(row, position) })),
    metadata: row.metadata ?? {},
    status: row.status,
    reverted: row.reverted_by !== null,
    ...(row.reverted_by === null ? {} : { revertedBy: row.reverted_by, revertedAt: row.reverted_at }),
  };
};

/** What of a hold's posting was captured, and what is still held. */
const holdOf = ({ hold }: TransactionRow, position: number): { captured?: bigint; remaining?: bigint } => {
  const amounts = hold?.[position];
  return amounts === undefined ? {} : { captured: BigInt(amounts[0]), remaining: BigInt(amounts[1]) };
};

export type TransactionView = ReturnType<typeof toView>;

/** Transactions as they stand now: what was recorded, with the metadata and status of today. */
@Injectable()
export class TransactionReader {
  constructor(private readonly database: Database) {}

  /**
   * The transactions of these numbers, in their order. `complete` adds to records what isn't stored with
   * them, such as volumes by effective time.
   */
  async byIds(
    ledgerId: number,
    ids: readonly number[],
    complete: Complete = asTheyAre,
  ): Promise<TransactionView[]> {
    if (ids.length === 0) return [];
    const sql = `${SELECT} and t.transaction_id = any($2::bigint[])`;
    const rows = await this.database.query<TransactionRow>(sql, [ledgerId, ids]);
    const records = await complete(rows.map(toRecord));
    const views = new Map(rows.map((row, index) => [row.id, toView(row, records[index])]));
    return ids.flatMap((id) => views.get(id) ?? []);
  }
}

/** The same records in the same order; undefined for one that is left as it is. */
type Complete = (records: readonly EventRecord[]) => Promise<readonly (EventRecord | undefined)[]>;

const asTheyAre: Complete = (records) => Promise.resolve(records);
