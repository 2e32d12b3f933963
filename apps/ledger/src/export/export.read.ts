import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { decodeEvent, eventLeaf, type LedgerEvent } from '@defter/ledger-domain';
import { Database } from '@defter/platform';
import { EventReader } from '../logs/event.read.js';
import { type HashedEvent } from '../logs/event.read.js';
import { type Created, logView, revertedIds } from '../logs/log.wire.js';
import {
  batchLine,
  endLine,
  type ExportedEvent,
  eventLine,
  type RefusedKey,
  refusedKeyLine,
  type Snapshot,
  startLine,
} from './export-line.wire.js';
import { EVENTS, REFUSED_KEYS, RULES, SNAPSHOT } from './export.sql.js';

const EVENTS_PER_PAGE = 500;
const KEYS_PER_PAGE = 1_000;

interface EventRow extends ExportedEvent {
  /** Of the batch, at its last event. */
  batchFirst: number | null;
  root: string;
  hash: string;
  batchAt: string;
}

/** A ledger as a stream of lines. */
@Injectable()
export class LedgerExport {
  constructor(
    private readonly database: Database,
    private readonly events: EventReader,
  ) {}

  /**
   * Everything up to the last commit before the call. Pages are read as they are asked for: a slow reader
   * holds no connection and no snapshot, because what was committed never changes.
   */
  async *lines(ledgerId: number): AsyncGenerator<string> {
    const { snapshot, rules } = await this.begin(ledgerId);
    const hash = createHash('sha256');
    let count = 0;
    for await (const text of this.content(ledgerId, snapshot, rules)) {
      const line = `${text}\n`;
      hash.update(line);
      count += 1;
      yield line;
    }
    yield `${endLine(count, hash.digest('hex'))}\n`;
  }

  private begin(ledgerId: number): Promise<{ snapshot: Snapshot; rules: string }> {
    return this.database.transaction(async (tx) => {
      const [snapshot] = await tx.query<Snapshot>(SNAPSHOT, [ledgerId]);
      const [row] = await tx.query<{ rules: string }>(RULES, [ledgerId]);
      if (snapshot === undefined || row === undefined) throw new Error(`Ledger ${ledgerId} has no head`);
      return { snapshot, rules: row.rules };
    });
  }

  private async *content(ledgerId: number, snapshot: Snapshot, rules: string): AsyncGenerator<string> {
    yield startLine(snapshot, rules);
    yield* this.eventLines(ledgerId, snapshot.sequence);
    yield* this.refusedKeys(ledgerId, snapshot.at);
  }

  private async *eventLines(ledgerId: number, last: number): AsyncGenerator<string> {
    for (let after = 0; after < last;) {
      const rows = await this.database.query<EventRow>(EVENTS, [ledgerId, after, last, EVENTS_PER_PAGE]);
      const records = rows.map(toHashed);
      const created = await this.reverted(ledgerId, records);
      for (const [index, row] of rows.entries()) {
        const record = records[index];
        if (record !== undefined) yield eventLine(row, logView(record, created));
        if (row.batchFirst !== null) yield batchLine(batchOf(row, row.batchFirst));
      }
      const end = rows.at(-1)?.sequence;
      if (end === undefined) throw new Error(`Ledger ${ledgerId} has no event ${after + 1}`);
      after = end;
    }
  }

  private async reverted(ledgerId: number, records: readonly HashedEvent[]): Promise<Created> {
    const ids = revertedIds(records);
    if (ids.length === 0) return new Map();
    const creating = await this.events.creating(ledgerId, ids);
    return new Map(
      creating.flatMap((record) =>
        'transaction' in record.event ? [[record.event.transaction.id, record] as const] : [],
      ),
    );
  }

  private async *refusedKeys(ledgerId: number, upTo: string): AsyncGenerator<string> {
    let after: string | undefined = '';
    while (after !== undefined) {
      const values: unknown[] = [ledgerId, after, upTo, KEYS_PER_PAGE];
      const rows: RefusedKey[] = await this.database.query<RefusedKey>(REFUSED_KEYS, values);
      yield* rows.map(refusedKeyLine);
      after = rows.length === KEYS_PER_PAGE ? rows.at(-1)?.key : undefined;
    }
  }
}

const toHashed = ({ sequence, type, key, payload, recordedAt }: EventRow): HashedEvent => ({
  sequence,
  recordedAt,
  key,
  ...decodeEvent(type as LedgerEvent['type'], JSON.parse(payload)),
  hash: eventLeaf({ sequence, type, recordedAt, idempotencyKey: key, payload }).toString('base64'),
});

const batchOf = ({ batch, sequence, root, hash, batchAt }: EventRow, first: number) => ({
  batch,
  first,
  last: sequence,
  root,
  hash,
  at: batchAt,
});
