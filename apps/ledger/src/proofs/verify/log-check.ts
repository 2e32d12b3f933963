import { EVENT_SCHEMA_VERSION, GrowingTree } from '@defter/ledger-domain';
import type { Connection } from '@defter/platform';
import { BatchChain, type BatchRow } from './batch-chain.js';
import { type EventRow, eventsSql, instant, leafOf, readEvent } from './event-rows.js';
import { expectedPostings, type PostingRow, postingsSql } from './expected-postings.js';
import type { Findings } from './findings.js';
import { RowCursor } from './row-cursor.js';
import { SignedHistory, type Trust } from './signed-history.js';
import { TransactionCheck } from './transaction-check.js';

/** All batches of a ledger, in their order. */
export const batchesSql = (ledgerId: number): string => `
select batch::float8 as batch, first_sequence::float8 as first, last_sequence::float8 as last, root, hash,
  ${instant('recorded_at')} as "recordedAt"
from batch where ledger_id = ${ledgerId} order by batch`;

/** Where the log ended. */
export interface LogEnd {
  readonly sequence: number;
  readonly batch: number;
  readonly hash: Buffer | undefined;
  readonly transaction: number;
  readonly checkpoints: number;
  readonly root: string | null;
}

/** What a walk through the log is given. */
export interface LogWalk {
  readonly findings: Findings;
  readonly trust: Trust;
  readonly onEvents: (sequence: number) => void;
}

/**
 * Goes through the log once: sequences, leaves, roots, chain, tree and checkpoints, and the postings,
 * transactions and holds that follow from each event.
 */
export class LogCheck {
  private readonly chain: BatchChain;
  private sequence = 0;
  private batch = 0;
  private hash: Buffer | undefined;

  private constructor(
    private readonly walk: LogWalk,
    private readonly cursors: {
      readonly events: RowCursor<EventRow>;
      readonly batches: RowCursor<BatchRow>;
      readonly postings: RowCursor<PostingRow>;
    },
    private readonly transactions: TransactionCheck,
    private readonly history: SignedHistory,
  ) {
    this.chain = new BatchChain(walk.findings);
  }

  static async run(connection: Connection, ledgerId: number, walk: LogWalk): Promise<LogEnd> {
    const cursors = {
      events: await RowCursor.open<EventRow>(connection, 'events', eventsSql(ledgerId)),
      batches: await RowCursor.open<BatchRow>(connection, 'batches', batchesSql(ledgerId)),
      postings: await RowCursor.open<PostingRow>(connection, 'postings', postingsSql(ledgerId)),
    };
    const transactions = await TransactionCheck.open(connection, ledgerId, walk.findings);
    const history = await SignedHistory.open(connection, ledgerId, walk.findings, walk.trust);
    return new LogCheck(walk, cursors, transactions, history).all();
  }

  private async all(): Promise<LogEnd> {
    const { batches } = this.cursors;
    for (let row = await batches.take(); row !== undefined; row = await batches.take())
      await this.checkBatch(row);
    // Events that no batch covers.
    await this.checkEvents(Number.MAX_SAFE_INTEGER, undefined);
    await this.history.finish();
    await this.transactions.finish();
    for await (const posting of this.cursors.postings.while(() => true)) this.unexplained(posting);
    return {
      sequence: this.sequence,
      batch: this.batch,
      hash: this.hash,
      transaction: this.transactions.lastId,
      checkpoints: this.history.count,
      root: this.history.root,
    };
  }

  private async checkBatch(row: BatchRow): Promise<void> {
    if (row.batch > this.batch + 1) await this.missingBatches(row.batch - 1);
    if (row.first !== this.sequence + 1) await this.outsideBatches(row);
    this.batch = row.batch;
    this.hash = row.hash;
    const root = await this.checkEvents(row.last, row);
    this.chain.check(row, root);
    await this.history.add(row);
  }

  private async missingBatches(last: number): Promise<void> {
    const what = this.batch + 1 === last ? {} : { what: `up to batch ${last}` };
    this.walk.findings.add({ table: 'batch', kind: 'missing', at: { batch: this.batch + 1 }, ...what });
    await this.history.skip(last);
  }

  /** The batch doesn't begin where the last one ended. */
  private async outsideBatches({ batch, first, hash }: BatchRow): Promise<void> {
    const { findings } = this.walk;
    const expected = `${this.sequence + 1}`;
    const what = 'first_sequence';
    findings.add({ table: 'batch', kind: 'differs', at: { batch }, what, expected, found: `${first}` });
    await this.checkEvents(first - 1, undefined);
    this.chain.skipTo(hash);
  }

  /** Takes the events up to a sequence; the root of their leaves, when there are any. */
  private async checkEvents(last: number, batch: BatchRow | undefined): Promise<Buffer | undefined> {
    const { findings, onEvents } = this.walk;
    const leaves = new GrowingTree();
    for await (const row of this.cursors.events.while((next) => next.sequence <= last)) {
      this.gapUpTo(row.sequence - 1);
      this.sequence = row.sequence;
      leaves.add(leafOf(row));
      const at = { sequence: row.sequence, ...(batch === undefined ? {} : { batch: batch.batch }) };
      if (batch === undefined) findings.add({ table: 'event', kind: 'unexpected', at, what: 'in no batch' });
      else findings.compare('event', at, ofBatch(batch), inBatch(row));
      await this.checkEvent(row);
      if (row.sequence % 1_000 === 0) onEvents(row.sequence);
    }
    if (batch !== undefined) this.gapUpTo(last);
    return leaves.size === 0 ? undefined : leaves.root();
  }

  private gapUpTo(last: number): void {
    const first = this.sequence + 1;
    if (first > last) return;
    this.sequence = last;
    const at = first === last ? { sequence: first } : { firstSequence: first, lastSequence: last };
    this.walk.findings.add({ table: 'event', kind: 'missing', at });
  }

  private async checkEvent(row: EventRow): Promise<void> {
    const { findings } = this.walk;
    const { sequence } = row;
    const event = readEvent(row);
    if (event === undefined)
      findings.add({ table: 'event', kind: 'differs', at: { sequence }, what: 'payload' });
    else await this.transactions.created(event);
    const expected = new Map(event === undefined ? [] : expectedPostings(event));
    for await (const posting of this.cursors.postings.while((next) => next.sequence <= sequence)) {
      const { position, columns } = posting;
      if (posting.sequence < sequence) this.unexplained(posting);
      else if (event !== undefined)
        findings.compare('posting', { sequence, position }, expected.get(position), columns);
      expected.delete(position);
    }
    for (const [position, columns] of expected)
      findings.compare('posting', { sequence, position }, columns, undefined);
  }

  private unexplained({ sequence, position, columns }: PostingRow): void {
    this.walk.findings.compare('posting', { sequence, position }, undefined, columns);
  }
}

/** What the rows of a batch's events have in common with it. */
const ofBatch = ({ batch, recordedAt }: BatchRow) => ({
  batch: `${batch}`,
  recorded_at: recordedAt,
  schema_version: `${EVENT_SCHEMA_VERSION}`,
});

const inBatch = ({ batch, recordedAt, version }: EventRow) => ({
  batch: `${batch}`,
  recorded_at: recordedAt,
  schema_version: `${version}`,
});
