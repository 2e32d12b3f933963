import type { LedgerEventV1 } from '@defter/ledger-contracts';

/** What a posting did: `posted` and `captured` moved money, `held` and `released` did not. */
export type Movement = 'posted' | 'held' | 'captured' | 'released';

/** One posting of an event of the ledger. */
export interface JournalEntry {
  readonly ledger: string;
  readonly sequence: number;
  readonly postingNumber: number;
  readonly transactionId: number;
  readonly movement: Movement;
  readonly reference: string | null;
  readonly reverts: number | null;
  readonly source: string;
  readonly destination: string;
  readonly amount: string;
  readonly asset: string;
  readonly recordedAt: string;
}

/** The postings in an event; none for events that move nothing. */
export function entriesOf(event: LedgerEventV1): JournalEntry[] {
  switch (event.type) {
    case 'TransactionCreated':
    case 'TransactionReverted': {
      const { id, status, postings, reference, reverts } = event.data.transaction;
      const movement = status === 'posted' ? 'posted' : 'held';
      return entries(event, { transactionId: id, movement, reference, reverts, postings });
    }
    case 'HoldPosted':
      return entries(event, { ...event.data, movement: 'captured' });
    case 'HoldVoided':
    case 'HoldExpired':
      return entries(event, { ...event.data, movement: 'released' });
    case 'MetadataSet':
    case 'MetadataDeleted':
      return [];
  }
}

interface Movements {
  readonly transactionId: number;
  readonly movement: Movement;
  readonly reference?: string | undefined;
  readonly reverts?: number | undefined;
  readonly postings: readonly { source: string; destination: string; amount: string; asset: string }[];
}

function entries({ ledger, sequence, recordedAt }: LedgerEventV1, moved: Movements): JournalEntry[] {
  const { transactionId, movement, reference = null, reverts = null } = moved;
  return moved.postings.map(({ source, destination, amount, asset }, postingNumber) => ({
    ...{ ledger, sequence, postingNumber, transactionId, movement, reference, reverts },
    ...{ source, destination, amount, asset, recordedAt },
  }));
}
