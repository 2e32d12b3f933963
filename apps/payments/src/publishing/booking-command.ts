import type { LedgerCommandV1 } from '@defter/ledger-contracts';
import {
  assetOfCurrency,
  type BookingPosting,
  type BookingRequested,
  depositPostings,
  payoutPostings,
  payoutReference,
  returnPostings,
} from '@defter/payments-domain';

/** The money that a booking is about. */
export interface BookingSubject {
  readonly ownerId: string;
  readonly customerId: string;
  readonly connectionId: string;
  readonly amountMinor: bigint;
  readonly feeMinor: bigint;
  readonly currency: string;
}

/** The command that asks the ledger for a booking; `booking.bookingId` is its idempotency key. */
export const toLedgerCommand = (
  booking: BookingRequested,
  subject: BookingSubject,
  ledger: string,
): LedgerCommandV1 => {
  const create = (reference: string, postings: readonly BookingPosting[]): LedgerCommandV1 => ({
    type: 'CreateTransaction',
    ledger,
    reference,
    postings: toPostings(postings, subject.currency),
    metadata: metadataOf(booking, subject),
  });
  switch (booking.kind) {
    case 'deposit':
      return create(booking.operationId ?? booking.bookingId, depositPostings(subject));
    case 'post':
      return { type: 'PostHold', ledger, reference: payoutReference(subject.ownerId) };
    case 'void':
      return { type: 'VoidHold', ledger, reference: payoutReference(subject.ownerId) };
    case 'late_debit':
      return create(booking.bookingId, payoutPostings(subject));
    case 'return':
      return create(booking.bookingId, returnPostings(subject));
  }
};

/** Amounts as text and the asset that the ledger knows the currency by. */
export const toPostings = (postings: readonly BookingPosting[], currency: string) =>
  postings.map(({ source, destination, amountMinor }) => ({
    source,
    destination,
    amount: amountMinor.toString(),
    asset: assetOfCurrency(currency),
  }));

const metadataOf = ({ kind, operationId }: BookingRequested, { ownerId, customerId }: BookingSubject) => ({
  kind,
  customer: customerId,
  [ownerId.startsWith('po_') ? 'payout' : 'payment_intent']: ownerId,
  ...(operationId === null ? {} : { operation: operationId }),
});
