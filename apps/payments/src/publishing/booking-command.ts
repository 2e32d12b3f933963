import type { LedgerCommandV1 } from '@defter/ledger-contracts';
import {
  assetOfCurrency,
  type BookingKind,
  type BookingPlan,
  type BookingPosting,
  type BookingRequested,
  lossPostings,
  payoutPostings,
  payoutReference,
  returnPostings,
} from '@defter/payments-domain';

/** The money that a booking is about, and what it is to the ledger. */
export interface BookingSubject {
  readonly ownerId: string;
  readonly customerId: string;
  readonly currency: string;
  readonly plan: BookingPlan;
}

export interface Booking {
  readonly bookingId: string;
  readonly kind: string;
  readonly operationId: string | null;
}

/** The command that asks the ledger for a booking; `booking.bookingId` is its idempotency key. */
export const toLedgerCommand = (
  booking: Booking,
  subject: BookingSubject,
  ledger: string,
): LedgerCommandV1 => {
  const { act, reference, postings } = subject.plan;
  switch (act) {
    case 'create':
    case 'hold':
      return {
        type: 'CreateTransaction',
        ledger,
        reference,
        postings: toPostings(postings, subject.currency),
        metadata: metadataOf(booking, subject),
        ...(act === 'hold' ? { status: 'pending' } : {}),
      };
    case 'post':
      return { type: 'PostHold', ledger, reference };
    case 'void':
      return { type: 'VoidHold', ledger, reference };
  }
};

/** What a booking of a payout means to the ledger. */
export const payoutPlan = (
  { kind, bookingId }: BookingRequested<BookingKind>,
  payout: Parameters<typeof returnPostings>[0] & { readonly payoutId: string },
): BookingPlan => {
  switch (kind) {
    case 'post':
      return { act: kind, reference: payoutReference(payout.payoutId), postings: payoutPostings(payout) };
    case 'void':
      return { act: kind, reference: payoutReference(payout.payoutId), postings: payoutPostings(payout) };
    case 'late_debit':
      return { act: 'create', reference: bookingId, postings: payoutPostings(payout) };
    case 'loss':
      return { act: 'create', reference: bookingId, postings: lossPostings(payout) };
    case 'return':
      return { act: 'create', reference: bookingId, postings: returnPostings(payout) };
    case 'deposit':
      throw new Error('a payout books no deposit');
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

const ownerNames: Readonly<Record<string, string>> = { pi: 'payment_intent', po: 'payout', st: 'settlement' };

const metadataOf = ({ kind, operationId }: Booking, { ownerId, customerId }: BookingSubject) => ({
  kind,
  ...(customerId === '' ? {} : { customer: customerId }),
  [ownerNames[ownerId.slice(0, 2)] ?? 'owner']: ownerId,
  ...(operationId === null ? {} : { operation: operationId }),
});
