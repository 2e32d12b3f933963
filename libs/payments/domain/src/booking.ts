/** What payments asks the ledger to book, each once for ever: its id is the ledger's idempotency key. */

export type BookingKind =
  /** A captured payment: gross to the wallet, the provider's fee to expenses. */
  | 'deposit'
  /** The payout's hold becomes the payment. */
  | 'post'
  /** The payout's hold is given back. */
  | 'void'
  /** The provider paid after all, though the hold was given back. */
  | 'late_debit'
  /** The provider paid after all, and the wallet has no funds any more: the loss is ours. */
  | 'loss'
  /** A paid payout came back: to the wallet, or to us where the loss was ours. */
  | 'return';

/** Of a refund or dispute: funds are held, then taken or given back. */
export type HeldBookingKind =
  /** Funds of a dispute are held; a refund's hold is placed before anything is sent. */
  | 'hold'
  | 'post'
  | 'void'
  /** The money left though it was not held (any more). */
  | 'late_debit'
  /** The money left and the one who was paid has no funds: the loss is ours. */
  | 'loss'
  /** A refund or lost dispute came back from the payer's bank: to whoever bore it. */
  | 'return'
  /** The one who was paid has no funds: they owe it, on an account of their own that may be overdrawn. */
  | 'debt'
  /** Money has come to them: a part of the debt is taken. */
  | 'recovery'
  /** The debt is gone, and more of it had been taken: given back. */
  | 'repayment';

export type IntentBookingKind = 'deposit' | HeldBookingKind;

export interface BookingRequested<Kind extends string = BookingKind> {
  readonly type: 'BookingRequested';
  readonly bookingId: string;
  readonly kind: Kind;
  readonly operationId: string | null;
  /** Where it isn't all of the operation: of a `recovery` or `repayment`. */
  readonly amountMinor?: bigint;
  readonly at: string;
}

export interface BookingPosting {
  readonly source: string;
  readonly destination: string;
  readonly amountMinor: bigint;
}

export const depositBookingId = (operationId: string): string => `deposit:${operationId}`;
/** The id of a payout's `nth` booking of this kind, from 1. */
export const payoutBookingId = (payoutId: string, kind: BookingKind, nth = 1): string =>
  `payout:${payoutId}:${kind}${nth === 1 ? '' : `:${nth}`}`;
/** The ledger reference of a payout's hold. */
export const payoutReference = (payoutId: string): string => `payout:${payoutId}`;

export const walletOf = (customerId: string): string => `users:${customerId}:main`;
export const receivableOf = (connectionId: string): string => `psp:${connectionId}:receivable`;
export const PROVIDER_FEES = 'fees:provider';
export const LOSSES = 'fees:losses';

/** Money leaving the wallet through a connection: the hold of a payout, or its late debit. */
export const payoutPostings = (payout: {
  readonly customerId: string;
  readonly connectionId: string;
  readonly amountMinor: bigint;
}): readonly BookingPosting[] => [
  {
    source: walletOf(payout.customerId),
    destination: receivableOf(payout.connectionId),
    amountMinor: payout.amountMinor,
  },
];

/** What left the provider's account and nobody has the funds for. */
export const lossPostings = ({
  connectionId,
  amountMinor,
}: {
  readonly connectionId: string;
  readonly amountMinor: bigint;
}): readonly BookingPosting[] => [{ source: LOSSES, destination: receivableOf(connectionId), amountMinor }];

/** A returned payout: the same way back, to us where the loss was ours. */
export const returnPostings = (
  payout: Parameters<typeof payoutPostings>[0] & { readonly bookings: readonly BookingKind[] },
): readonly BookingPosting[] =>
  reversed(payout.bookings.includes('loss') ? lossPostings(payout) : payoutPostings(payout));

/** The same money the other way. */
export const reversed = (postings: readonly BookingPosting[]): readonly BookingPosting[] =>
  postings.map(({ source, destination, amountMinor }) => ({
    source: destination,
    destination: source,
    amountMinor,
  }));
