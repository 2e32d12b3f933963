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
  const wanted = target === 'out of the wallet' ? 1 : 0;
  const debits = times('late_debit') + times('loss') - times('return');
  // An end that was refused leaves what was asked for behind it: a debit, perhaps, that is enough.
  const isEnough = target === 'in the wallet' || (wanted === 1 && debits >= 1);
  const ends: readonly BookingKind[] = isHeld ? [isEnough ? 'void' : 'post'] : [];
  const postedByOthers = books.holdEndedByOthers === 'posted' ? 1 : 0;
  const posts = times('post') + postedByOthers + (ends.includes('post') ? 1 : 0);
  const missing = wanted - posts - debits;
  const kind: BookingKind = missing > 0 ? 'late_debit' : 'return';
  return [...ends, ...Array.from({ length: Math.abs(missing) }, () => kind)];
};

/**
 * What is asked for in place of a booking that was refused. An end of the hold whose key was used for
 * something else is asked for under the next one: until then the money is locked. A debit that finds no funds
 * is our loss, for the provider has paid; where the money came back meanwhile, or was held until now, the
 * wallet is asked once more before that.
 */
export const replacements = (
  books: PayoutBooks,
  refused: { readonly bookingId: string; readonly code: string; readonly holdEnd: HoldEnd | null },
  target: Target,
): readonly BookingKind[] => {
  const missing = missingBookings(books, target);
  if (refused.holdEnd !== null) return missing;
  const kind = books.bookings[bookingIdsOf(books).indexOf(refused.bookingId)];
  if (kind === 'post' || kind === 'void') return isKeyUsed(refused.code) ? missing : [];
  if (kind !== 'late_debit') return [];
  const isFirst = books.bookings.filter((each) => each === 'late_debit').length === 1;
  const hasMore = standingBookings(books).includes('return') || isVoidedAgain(books.bookings);
  return isFirst && hasMore ? missing : missing.map((each) => (each === 'late_debit' ? 'loss' : each));
};

/** The hold was still there when the debit was asked for, and is given back behind it. */
export const isVoidedAgain = (bookings: readonly string[]): boolean =>
  bookings.includes('late_debit') && bookings.lastIndexOf('void') > bookings.indexOf('late_debit');

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
 * Whoever may write to the ledger had used the booking's key for something else: it books nothing of ours,
 * ever, and says nothing about what it was to do.
 */
export const isKeyUsed = (code: string): boolean => code === 'idempotency-key-conflict';

/**
 * How the hold ended by what the ledger says in refusing to end it; null when it refuses for another reason.
 */
export const holdEndOf = (code: string): HoldEnd | null => {
  if (code === 'hold-already-posted') return 'posted';
  return code === 'hold-already-voided' || code === 'hold-expired' ? 'voided' : null;
};
