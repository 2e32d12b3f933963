/**
 * Two movements of one operation can each have a settlement line: the money itself (`payment`), and a paid
 * payout that came back (`return`). A line and an operation are matched once per leg.
 */
export type Leg = 'payment' | 'return';

/** Kinds that are one thing to a settlement file: a sale is booked when captured. */
const families: Readonly<Record<string, string>> = {
  sale: 'charge',
  capture: 'charge',
  payout: 'payout',
  payout_reversal: 'payout',
};

/** The kind under which lines and operations are compared. Unknown kinds stand for themselves. */
export const familyOf = (kind: string): string => families[kind] ?? kind;

/** Which leg a settlement line is about. */
export const legOf = (line: { readonly kind: string; readonly status: string }): Leg =>
  line.status === 'returned' || line.kind === 'payout_reversal' ? 'return' : 'payment';

/**
 * Operations that move money at the provider, so that a settlement line is to be expected. Others only
 * reserve.
 */
export const settledFamilies = ['charge', 'payout', 'refund', 'chargeback'] as const;

/** Results of an operation after which its money has moved (and perhaps come back). */
export const movedResults = ['succeeded', 'returned'] as const;

/**
 * Results after which nothing may have moved, for certain. `pending`, `sending` and `unknown` are not among
 * them.
 */
export const unmovedResults = ['declined', 'failed', 'errored'] as const;

/**
 * What a line does to the settlement that pays it: charges and what came back add, refunds, payouts and
 * disputes take; the fee is taken.
 */
export function netOf(line: { family: string; leg: Leg; amount: bigint; fee: bigint }): bigint {
  const isIncoming = line.family === 'charge' || line.leg === 'return';
  return (isIncoming ? line.amount : -line.amount) - line.fee;
}
