import { createHash } from 'node:crypto';
import type { LedgerCommandV1, LedgerEventV1 } from '@defter/ledger-contracts';
import { canonicalJson } from '@defter/platform';

type Posting = Extract<LedgerCommandV1, { type: 'CreateTransaction' }>['postings'][number];

/** What the ledger does; the same of a command and of the event that follows from it. */
interface Effect {
  readonly ledger: string;
  readonly does: 'posts' | 'holds' | 'posts hold' | 'voids hold';
  /** Of a hold, the hold's own. */
  readonly reference: string;
  /** Of the end of a hold, what is taken or given back: for us all of it. */
  readonly postings: readonly Posting[];
  /** Of a hold that would end by itself; ours don't. */
  readonly expiresAt?: string;
}

/**
 * Digest (SHA-256, hex) of what a command does once it is booked; `held` is what the hold has that it ends.
 * Its id alone proves nothing: whoever may write to the ledger could have used that for something else.
 */
export const effectOf = (command: LedgerCommandV1, held: readonly Posting[]): string => {
  const { ledger, type, reference = '' } = command;
  switch (type) {
    case 'CreateTransaction': {
      const does = command.status === 'pending' ? 'holds' : 'posts';
      return digest({ ledger, does, reference, postings: command.postings });
    }
    case 'PostHold':
      return digest({ ledger, does: 'posts hold', reference, postings: held });
    case 'VoidHold':
      return digest({ ledger, does: 'voids hold', reference, postings: held });
  }
};

/** The same of what the ledger says that it did; of what no command of ours does, something else. */
export const effectOfEvent = (event: LedgerEventV1): string => {
  const { ledger } = event;
  switch (event.type) {
    case 'TransactionCreated':
      return effectOfTransaction(ledger, event.data.transaction);
    case 'HoldPosted':
    case 'HoldVoided': {
      const { reference = '', closed, postings } = event.data;
      const does = event.type === 'HoldPosted' ? 'posts hold' : 'voids hold';
      // Ours leave nothing of a hold.
      return closed ? digest({ ledger, does, reference, postings }) : '';
    }
    case 'HoldExpired':
    case 'TransactionReverted':
    case 'MetadataSet':
    case 'MetadataDeleted':
      return '';
  }
};

/** A transaction, or hold, as the ledger has it. */
export interface InLedger {
  readonly status: string;
  readonly reference?: string;
  readonly postings: readonly Posting[];
  readonly expiresAt?: string;
}

/** The same of what stands in the ledger. */
export const effectOfTransaction = (
  ledger: string,
  { status, reference = '', postings, expiresAt }: InLedger,
): string => {
  const does = status === 'pending' ? 'holds' : 'posts';
  return digest({ ledger, does, reference, postings, ...(expiresAt === undefined ? {} : { expiresAt }) });
};

/** The ledger's number of the transaction that an event is about. */
export const transactionOf = (event: LedgerEventV1): number | null => {
  switch (event.type) {
    case 'TransactionCreated':
    case 'TransactionReverted':
      return event.data.transaction.id;
    case 'HoldPosted':
    case 'HoldVoided':
    case 'HoldExpired':
      return event.data.transactionId;
    case 'MetadataSet':
    case 'MetadataDeleted':
      return null;
  }
};

const digest = ({ postings, ...effect }: Effect): string => {
  const moved = postings.map(({ source, destination, amount, asset }) => ({
    ...{ source, destination, amount, asset },
  }));
  return createHash('sha256')
    .update(canonicalJson({ ...effect, postings: moved }))
    .digest('hex');
};
