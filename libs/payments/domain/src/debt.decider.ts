/**
 * Decides about debts. A dispute is lost and whoever was paid has no funds for all of it: the whole amount is
 * booked as their debt at once, and taken as money comes to them, in as many parts as it takes:
 *
 *     late debit refused → debt → recovery, recovery, … → nothing is owed
 *                               → the provider gave it back: what was taken is repaid
 *
 * The caller asks for the next part only when the ledger has answered for the one before. What is owed is
 * counted here, under the lock of the intent, so no part is taken twice and never more than is owed.
 */
import { heldBookingId } from './intent-booking.js';
import type { DebtMove, Dispute } from './dispute.js';
import type { CollectDebt, ExistingIntent, IntentEvent } from './intent.js';
import type { OperationRequest } from './operation.js';

/** What is owed for a dispute; below 0 where more was taken than is owed, because it was given back since. */
export const owedMinor = (
  { bookings, debtMoves = [] }: Pick<Dispute, 'bookings' | 'debtMoves'>,
  { amountMinor }: Pick<OperationRequest, 'amountMinor'>,
): bigint => {
  const debt = bookings.indexOf('debt');
  // A refused debt became our loss; one that came back is none any more.
  const isNone = debt === -1 || bookings.includes('loss') || bookings.indexOf('return') > debt;
  return (isNone ? 0n : amountMinor) - takenMinor(debtMoves);
};

const takenMinor = (moves: readonly DebtMove[]): bigint =>
  moves.filter(({ isRefused }) => !isRefused).reduce((sum, { amountMinor }) => sum + amountMinor, 0n);

/** The next part of a debt, as far as whoever owes it has money; or what was taken too much, back to them. */
export const collectDebt = (
  { operationId, availableMinor, at }: CollectDebt,
  { disputes, operations }: ExistingIntent,
): readonly IntentEvent[] => {
  const dispute = disputes.find((one) => one.operationId === operationId);
  const operation = operations.find((one) => one.operationId === operationId);
  if (dispute === undefined || operation === undefined) return [];
  const owed = owedMinor(dispute, operation);
  const amountMinor = owed < 0n ? -owed : least(owed, availableMinor);
  if (amountMinor <= 0n) return [];
  const kind = owed < 0n ? 'repayment' : 'recovery';
  const nth = dispute.bookings.filter((each) => each === kind).length + 1;
  const bookingId = heldBookingId(operation, kind, nth);
  return [{ type: 'BookingRequested', bookingId, kind, operationId, amountMinor, at }];
};

const least = (one: bigint, other: bigint): bigint => (one < other ? one : other);

/** Refused so, a part may be booked when money comes; otherwise only once a person did something. */
export const isForFunds = (code: string | undefined): boolean => code === 'insufficient-funds';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DOUBLINGS = 6;

/**
 * How long to wait before the next part is asked for, in milliseconds. After the first refusal for want of
 * funds not at all: the balance was old. What goes on being refused waits twice as long every time, from a
 * minute on; refused for another reason, from an hour on.
 */
export const pauseMs = ({ debtMoves = [] }: Pick<Dispute, 'debtMoves'>): number => {
  const last = debtMoves.at(-1);
  if (last?.isRefused !== true) return 0;
  const isAlike = (move: DebtMove): boolean =>
    move.isRefused && isForFunds(move.refusal) === isForFunds(last.refusal);
  const run = debtMoves.length - 1 - debtMoves.findLastIndex((move) => !isAlike(move));
  const doubled = (times: number): number => 2 ** Math.min(times, DOUBLINGS);
  if (!isForFunds(last.refusal)) return HOUR_MS * doubled(run - 1);
  return run === 1 ? 0 : MINUTE_MS * doubled(run - 2);
};

/** The ledger refused a part of a debt: it is owed as before, and asked for again. */
export const refusedMove = (
  { disputeId, debtMoves = [] }: Dispute,
  { bookingId, code, at }: { readonly bookingId: string; readonly code: string; readonly at: string },
): readonly IntentEvent[] =>
  debtMoves.some((move) => move.bookingId === bookingId && !move.isRefused)
    ? [{ type: 'DebtMoveRefused', disputeId, bookingId, code, at }]
    : [];

/** The dispute after a part was asked for. */
export const withMove = (dispute: Dispute, move: Omit<DebtMove, 'isRefused' | 'refusal'>): Dispute => ({
  ...dispute,
  debtMoves: [...(dispute.debtMoves ?? []), { ...move, isRefused: false }],
});

/** The dispute after the ledger refused a part. */
export const withoutMove = (
  dispute: Dispute,
  { bookingId, code }: { readonly bookingId: string; readonly code: string },
): Dispute => ({
  ...dispute,
  debtMoves: (dispute.debtMoves ?? []).map((move) =>
    move.bookingId === bookingId ? { ...move, isRefused: true, refusal: code } : move,
  ),
});
