/**
 * What the ledger still has to book for a payout. Whatever was observed, booked, refused or done to the hold
 * by somebody else, and in whatever order, the net is the same: paid = the amount is out of the wallet once,
 * or is our loss; declined, failed, returned, rejected and canceled = it is in the wallet.
 */
import { assertNever } from '@defter/kernel';
import { type BookingKind, payoutBookingId } from './booking.js';
import type { OperationResult } from './operation.js';
import type { ExistingPayout, HoldEnd } from './payout.js';

/** The bookings of a payout, and how its hold ended when it wasn't by one of them. */
export type PayoutBooks = Pick<
  ExistingPayout,
  'payoutId' | 'bookings' | 'refusedBookings' | 'holdEndedByOthers'
>;

/** Where the amount belongs. */
type Target = 'out of the wallet' | 'in the wallet' | 'out and back';

/** The bookings that are missing, in the order in which they are to be asked for. */
export const missingBookings = (books: PayoutBooks, target: Target): readonly BookingKind[] => {
  const standing = standingBookings(books);
  const times = (kind: BookingKind): number => standing.filter((each) => each === kind).length;
  const isHeld = times('post') + times('void') === 0 && books.holdEndedByOthers === null;
  if (isHeld) {
    if (target === 'out of the wallet') return ['post'];
    return target === 'in the wallet' ? ['void'] : ['post', 'return'];
  }
  const postedByOthers = books.holdEndedByOthers === 'posted' ? 1 : 0;
  const out = times('post') + times('late_debit') + times('loss') + postedByOthers - times('return');
  const missing = (target === 'out of the wallet' ? 1 : 0) - out;
  const kind: BookingKind = missing > 0 ? 'late_debit' : 'return';
  return Array.from({ length: Math.abs(missing) }, () => kind);
};

/**
 * What is asked for in place of a booking that was refused. A debit that finds no funds is our loss, for the
 * provider has paid; where the money came back meanwhile, the wallet is asked once more before that.
 */
export const replacements = (
  books: PayoutBooks,
  refused: { readonly bookingId: string; readonly holdEnd: HoldEnd | null },
  target: Target,
): readonly BookingKind[] => {
  const missing = missingBookings(books, target);
  if (refused.holdEnd !== null) return missing;
  const kind = books.bookings[bookingIdsOf(books).indexOf(refused.bookingId)];
  if (kind !== 'late_debit') return [];
  const isFirst = books.bookings.filter((each) => each === 'late_debit').length === 1;
  const cameBack = standingBookings(books).includes('return');
  return isFirst && cameBack ? missing : missing.map((each) => (each === 'late_debit' ? 'loss' : each));
};

/** Where the amount belongs by what is known of the payout; undefined while that isn't decided. */
export const targetOf = ({
  status,
  operation,
}: Pick<ExistingPayout, 'status' | 'operation'>): Target | undefined => {
  const byResult = operation === null ? undefined : targetOfResult(operation.result);
  if (byResult !== undefined) return byResult;
  return status === 'rejected' || status === 'canceled' ? 'in the wallet' : undefined;
};

export const targetOfResult = (result: OperationResult): Target | undefined => {
  switch (result) {
    case 'declined':
    case 'failed':
      return 'in the wallet';
    case 'succeeded':
      return 'out of the wallet';
    case 'returned':
      return 'out and back';
    case 'sending':
    case 'errored':
    case 'unknown':
    case 'pending':
      return undefined;
    default:
      return assertNever(result);
  }
};

/** The ids of the bookings, in order. */
export const bookingIdsOf = ({
  payoutId,
  bookings,
}: Pick<PayoutBooks, 'payoutId' | 'bookings'>): readonly string[] =>
  bookings.map((kind, index) => {
    const nth = bookings.slice(0, index + 1).filter((each) => each === kind).length;
    return payoutBookingId(payoutId, kind, nth);
  });

const standingBookings = (books: PayoutBooks): readonly BookingKind[] => {
  const ids = bookingIdsOf(books);
  return books.bookings.filter((_kind, index) => !books.refusedBookings.includes(ids[index] ?? ''));
};

/**
 * How the hold ended by what the ledger says in refusing to end it; null when it refuses for another reason.
 */
export const holdEndOf = (code: string): HoldEnd | null => {
  if (code === 'hold-already-posted') return 'posted';
  return code === 'hold-already-voided' || code === 'hold-expired' ? 'voided' : null;
};
