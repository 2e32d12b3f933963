import type { Metadata, MetadataTarget } from './command.js';
import type { Posting } from './posting.js';

/** A refusal that didn't happen, as it is recorded: its code and its members, amounts as decimal text. */
export interface WouldRefuse {
  readonly code: string;
  readonly [member: string]: string;
}

/**
 * A transaction as it was recorded. Instants are ISO 8601 UTC with six fractional digits: they sort as text.
 */
export interface RecordedTransaction {
  readonly id: number;
  readonly status: 'posted' | 'pending';
  readonly postings: readonly Posting[];
  readonly reference?: string;
  readonly timestamp: string;
  readonly metadata: Metadata;
  readonly accountMetadata?: Readonly<Record<string, Metadata>>;
  readonly expiresAt?: string;
  readonly reverts?: number;
  /** The funds check was skipped. */
  readonly forced?: boolean;
  /** In shadow mode: the refusal that `enforce` would have given. */
  readonly wouldRefuse?: WouldRefuse;
}

export interface TransactionCreated {
  readonly type: 'TransactionCreated';
  readonly transaction: RecordedTransaction;
}

export interface TransactionReverted {
  readonly type: 'TransactionReverted';
  readonly transaction: RecordedTransaction;
  readonly revertedTransactionId: number;
}

export interface HoldPosted {
  readonly type: 'HoldPosted';
  readonly transactionId: number;
  readonly reference?: string;
  /** Moved, by index of the hold's postings (zero amounts included). */
  readonly postings: readonly Posting[];
  /** Given back, by index. */
  readonly released: readonly bigint[];
  readonly closed: boolean;
}

interface HoldEnded {
  readonly transactionId: number;
  readonly reference?: string;
  /** Given back, by index of the hold's postings. */
  readonly postings: readonly Posting[];
}

export interface HoldVoided extends HoldEnded {
  readonly type: 'HoldVoided';
}

export interface HoldExpired extends HoldEnded {
  readonly type: 'HoldExpired';
}

export interface MetadataSet {
  readonly type: 'MetadataSet';
  readonly target: MetadataTarget;
  readonly metadata: Metadata;
}

export interface MetadataDeleted {
  readonly type: 'MetadataDeleted';
  readonly target: MetadataTarget;
  readonly key: string;
}

export type LedgerEvent =
  | TransactionCreated
  | TransactionReverted
  | HoldPosted
  | HoldVoided
  | HoldExpired
  | MetadataSet
  | MetadataDeleted;

/** The (account, asset) pairs whose balance an event may change, each once, in order of appearance. */
export const touchedBalances = (
  event: LedgerEvent,
): readonly (readonly [account: string, asset: string])[] => {
  const postings =
    'transaction' in event ? event.transaction.postings : 'postings' in event ? event.postings : [];
  const seen = new Map<string, readonly [string, string]>();
  for (const { source, destination, asset } of postings) {
    seen.set(`${source} ${asset}`, [source, asset]);
    seen.set(`${destination} ${asset}`, [destination, asset]);
  }
  return [...seen.values()];
};
