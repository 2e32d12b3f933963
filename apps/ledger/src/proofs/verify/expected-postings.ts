import type { Posting } from '@defter/ledger-domain';
import type { ReadEvent } from './event-rows.js';
import { instant } from './event-rows.js';
import type { Columns } from './findings.js';

/** A row of `posting` as it stands. */
export interface PostingRow {
  readonly sequence: number;
  readonly position: number;
  readonly columns: Columns;
}

export const postingsSql = (ledgerId: number): string => `
select sequence::float8 as sequence, position, json_build_object(
  'transaction_id', transaction_id::text, 'effective_at', ${instant('effective_at')}, 'source', source,
  'destination', destination, 'asset', asset, 'amount', amount::text) as columns
from posting where ledger_id = ${ledgerId} order by sequence, position`;

/** The postings of an event, by position: what it moved. */
export const expectedPostings = ({ event, recordedAt }: ReadEvent): ReadonlyMap<number, Columns> => {
  switch (event.type) {
    case 'TransactionCreated':
    case 'TransactionReverted': {
      const { id, timestamp, postings, status } = event.transaction;
      return status === 'pending' ? new Map() : byPosition(postings, id, timestamp);
    }
    case 'HoldPosted': {
      // A part of which nothing was taken leaves no row.
      const rows = byPosition(event.postings, event.transactionId, recordedAt);
      return new Map([...rows].filter(([, { amount }]) => amount !== '0'));
    }
    default:
      return new Map();
  }
};

const byPosition = (postings: readonly Posting[], id: number, effectiveAt: string): Map<number, Columns> =>
  new Map(
    postings.map(({ source, destination, asset, amount }, position) => [
      position,
      {
        transaction_id: `${id}`,
        effective_at: effectiveAt,
        source,
        destination,
        asset,
        amount: `${amount}`,
      },
    ]),
  );
