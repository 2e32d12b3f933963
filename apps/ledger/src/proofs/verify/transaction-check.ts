import type { Connection } from '@defter/platform';
import { changesSql, type EventRow, type ReadEvent, readEvent } from './event-rows.js';
import {
  canonicalMetadata,
  ExpectedTransaction,
  type HoldRow,
  holdsSql,
  type TransactionRow,
  transactionsSql,
} from './expected-transaction.js';
import type { Findings } from './findings.js';
import { RowCursor } from './row-cursor.js';

type ChangeRow = EventRow & { readonly id: number };

/** Compares transactions and holds with what their events say, in the order of their numbers. */
export class TransactionCheck {
  private last = 0;

  private constructor(
    private readonly findings: Findings,
    private readonly rows: RowCursor<TransactionRow>,
    private readonly holds: RowCursor<HoldRow>,
    private readonly changes: RowCursor<ChangeRow>,
  ) {}

  static async open(connection: Connection, ledgerId: number, findings: Findings): Promise<TransactionCheck> {
    const rows = await RowCursor.open<TransactionRow>(connection, 'transactions', transactionsSql(ledgerId));
    const holds = await RowCursor.open<HoldRow>(connection, 'holds', holdsSql(ledgerId));
    const changes = await RowCursor.open<ChangeRow>(connection, 'changes', changesSql(ledgerId));
    return new TransactionCheck(findings, rows, holds, changes);
  }

  /** The number of the last transaction. */
  get lastId(): number {
    return this.last;
  }

  /** Takes the event that created a transaction; they come in the order of the numbers. */
  async created({ event, sequence }: ReadEvent): Promise<void> {
    if (event.type !== 'TransactionCreated' && event.type !== 'TransactionReverted') return;
    const { id } = event.transaction;
    if (id <= this.last) {
      const at = { sequence, transaction: id };
      this.findings.add({ table: 'event', kind: 'differs', at, what: 'number of the transaction' });
      return;
    }
    await this.upTo(id - 1);
    this.last = id;
    const expected = new ExpectedTransaction(event.transaction, sequence);
    for await (const change of this.changes.while((next) => next.id <= id)) {
      const read = change.id === id ? readEvent(change) : undefined;
      if (read !== undefined) expected.apply(read);
    }
    await this.compare(id, sequence, expected);
  }

  /** After the last event: no row may be left. */
  finish(): Promise<void> {
    return this.upTo(Number.MAX_SAFE_INTEGER);
  }

  private async compare(id: number, sequence: number, expected: ExpectedTransaction): Promise<void> {
    const at = { transaction: id, sequence };
    const row = (await this.rows.peek())?.id === id ? await this.rows.take() : undefined;
    this.findings.compare(
      'transaction',
      at,
      expected.columns,
      row === undefined ? undefined : canonical(row),
    );
    const holds = new Map(expected.holds.map((columns, position) => [position, columns]));
    for await (const hold of this.holds.while((next) => next.id <= id)) {
      const { position, columns } = hold;
      this.findings.compare('hold', { ...at, position }, holds.get(position), columns);
      holds.delete(position);
    }
    for (const [position, columns] of holds)
      this.findings.compare('hold', { ...at, position }, columns, undefined);
  }

  /** Rows up to a number that no event created. */
  private async upTo(id: number): Promise<void> {
    for await (const row of this.rows.while((next) => next.id <= id))
      this.findings.compare('transaction', { transaction: row.id }, undefined, row.columns);
    for await (const { id: transaction, position, columns } of this.holds.while((next) => next.id <= id))
      this.findings.compare('hold', { transaction, position }, undefined, columns);
  }
}

const canonical = ({ columns }: TransactionRow) => ({
  ...columns,
  metadata: canonicalMetadata(JSON.parse(columns.metadata) as object),
});
