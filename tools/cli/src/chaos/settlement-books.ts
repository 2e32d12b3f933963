import { type CustomerBooks, ofBooking, ofEntry, ofOwner } from './customer-books.js';
import { compareSets, type Found } from './findings.js';
import { BATCH_FEES_MINOR, BOOKED_FEES_MINOR, type Wish } from './wishes.js';

/** The two accounts of a posting of a settlement. */
export const moveLabel = (source: string, destination: string): string => `${source} > ${destination}`;

/**
 * Compares a batch that was told as paid and approved by another than who asked: one settlement, one booking
 * of it, the bank for what the provider owed, and the fees that it kept beyond those booked at capture. Pure.
 */
export const compareSettlement =
  (connectionId: string) =>
  (
    { amountMinor }: Wish,
    acknowledged: { readonly id: string } | undefined,
    books: CustomerBooks,
  ): Found[] => {
    const receivable = `psp:${connectionId}:receivable`;
    const entries = [
      { label: moveLabel(`bank:${connectionId}`, receivable), amount: amountMinor },
      { label: moveLabel('fees:provider', receivable), amount: BATCH_FEES_MINOR - BOOKED_FEES_MINOR },
    ];
    return [
      ...compareSets(
        'our settlements',
        [`${acknowledged?.id ?? 'none'} approved by another`],
        books.owners.map(ofOwner),
      ),
      ...compareSets('bookings', ['settlement booked'], books.bookings.map(ofBooking)),
      ...compareSets('in the ledger', entries.map(ofEntry), books.entries.map(ofEntry)),
    ];
  };
