import { explanationOf } from './explain.js';
import type { LineSide, OperationSide } from './residue.js';
import { familyOf, type Leg, movedResults } from './settlement.js';

/**
 * What a matched line proves about its operation; a line never makes an operation, and never says that
 * something failed. A charge or capture that is settled was collected; a refund or payout that is settled
 * has left; of those two a line can also say that they came back. A charge that comes back is a dispute or
 * a refund of its own, and a chargeback is taken when it opens and given back when it is won, so that its
 * line doesn't say how it ends.
 */
export function provenBy(kind: string, leg: Leg): 'succeeded' | 'returned' | undefined {
  const family = familyOf(kind);
  if (family === 'charge') return leg === 'payment' ? 'succeeded' : undefined;
  if (family !== 'refund' && family !== 'payout') return undefined;
  return leg === 'payment' ? 'succeeded' : 'returned';
}

/** Whether the operation's result already says what the line proves, or more. */
export const isProven = (result: string, proven: 'succeeded' | 'returned'): boolean =>
  proven === 'returned' ? result === 'returned' : isOneOf(movedResults, result);

type Money = { readonly amount: bigint; readonly currency: string };

/**
 * The line's money before what the line itself explains: its fee, the surcharge for instalments, the
 * exchange. Where nothing explains the difference it is the line's own, which payments refuses to move.
 */
export function claimedBy(line: LineSide, operation: Pick<OperationSide, 'amount' | 'currency'>): Money {
  const { amount, currency, fee, surcharge = 0n, original } = line;
  switch (explanationOf(line, operation)) {
    case 'net-of-fee':
      return { amount: amount + fee, currency };
    case 'surcharge':
      return { amount: amount - surcharge, currency };
    case 'fx':
    case 'rounding':
      return original === undefined ? { amount, currency } : original;
    case undefined:
      return { amount, currency };
  }
}

const isOneOf = (list: readonly string[], word: string): boolean => list.includes(word);
