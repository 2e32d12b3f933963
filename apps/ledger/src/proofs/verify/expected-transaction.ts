import type { LedgerEvent, RecordedTransaction } from '@defter/ledger-domain';
import { canonicalJson } from '@defter/platform';
import { instant, type ReadEvent } from './event-rows.js';
import type { Columns } from './findings.js';

/** A row of `transaction` as it stands. */
export interface TransactionRow {
  readonly id: number;
  readonly columns: Columns & { readonly metadata: string };
}

export const transactionsSql = (ledgerId: number): string => `
select transaction_id::float8 as id, json_build_object(
  'sequence', sequence::text, 'status', status, 'effective_at', ${instant('effective_at')},
  'reference', reference, 'expires_at', ${instant('expires_at')}, 'reverts', reverts::text,
  'reverted_by', reverted_by::text, 'metadata', coalesce(metadata, '{}')::text) as columns
from transaction where ledger_id = ${ledgerId} order by transaction_id`;

/** A row of `hold` as it stands. */
export interface HoldRow {
  readonly id: number;
  readonly position: number;
  readonly columns: Columns;
}

export const holdsSql = (ledgerId: number): string => `
select transaction_id::float8 as id, position, json_build_object(
  'source', source, 'destination', destination, 'asset', asset, 'amount', amount::text,
  'captured', captured::text, 'remaining', remaining::text) as columns
from hold where ledger_id = ${ledgerId} order by transaction_id, position`;

/** Metadata in one form, so that equal metadata is equal text. */
export const canonicalMetadata = (metadata: object): string => canonicalJson(metadata);

/** What a transaction and its hold must be, from its events in their order. */
export class ExpectedTransaction {
  private status: string;
  private revertedBy: number | undefined;
  private readonly metadata: Map<string, string>;
  private readonly captured: bigint[];
  private readonly remaining: bigint[];

  constructor(
    private readonly transaction: RecordedTransaction,
    private readonly sequence: number,
  ) {
    this.status = transaction.status;
    this.metadata = new Map(Object.entries(transaction.metadata));
    const held = transaction.status === 'pending' ? transaction.postings : [];
    this.captured = held.map(() => 0n);
    this.remaining = held.map(({ amount }) => amount);
  }

  /** Applies a later event that names the transaction. */
  apply({ event }: ReadEvent): void {
    switch (event.type) {
      case 'TransactionReverted':
        this.revertedBy = event.transaction.id;
        return;
      case 'HoldPosted':
      case 'HoldVoided':
      case 'HoldExpired':
        return this.applyToHold(event);
      case 'MetadataSet':
        for (const [name, value] of Object.entries(event.metadata)) this.metadata.set(name, value);
        return;
      case 'MetadataDeleted':
        this.metadata.delete(event.key);
        return;
      default:
        return;
    }
  }

  /** The row of `transaction`. */
  get columns(): Columns {
    const { timestamp, reference, expiresAt, reverts } = this.transaction;
    return {
      sequence: `${this.sequence}`,
      status: this.status,
      effective_at: timestamp,
      reference: reference ?? null,
      expires_at: expiresAt ?? null,
      reverts: reverts === undefined ? null : `${reverts}`,
      reverted_by: this.revertedBy === undefined ? null : `${this.revertedBy}`,
      metadata: canonicalMetadata(Object.fromEntries(this.metadata)),
    };
  }

  /** The rows of `hold`, by position. */
  get holds(): readonly Columns[] {
    return this.remaining.map((remaining, position) => {
      const { source = '', destination = '', asset = '', amount } = this.transaction.postings[position] ?? {};
      const captured = this.captured[position] ?? 0n;
      return {
        source,
        destination,
        asset,
        amount: `${amount}`,
        captured: `${captured}`,
        remaining: `${remaining}`,
      };
    });
  }

  private applyToHold(event: Extract<LedgerEvent, { type: `Hold${string}` }>): void {
    const captures = event.type === 'HoldPosted';
    if (!captures) this.status = event.type === 'HoldVoided' ? 'voided' : 'expired';
    else if (event.closed) this.status = 'captured';
    event.postings.forEach(({ amount }, position) => {
      const released = captures ? (event.released[position] ?? 0n) : 0n;
      this.remaining[position] = (this.remaining[position] ?? 0n) - amount - released;
      if (captures) this.captured[position] = (this.captured[position] ?? 0n) + amount;
    });
  }
}
