import type { LineSide, OperationSide } from './residue.js';

/**
 * Why the amounts of a pair may differ without anything being wrong, or undefined when nothing explains it.
 * `net-of-fee`: the provider reports what is left after its fee.
 * The matching SQL has the same rule and stores the explanation with the match; a test compares the two.
 */
export function explanationOf(
  line: Pick<LineSide, 'amount' | 'fee' | 'currency' | 'leg'>,
  operation: Pick<OperationSide, 'amount' | 'currency'>,
): 'net-of-fee' | undefined {
  if (line.currency !== operation.currency || line.amount === operation.amount) return undefined;
  const isNet = line.fee > 0n && line.leg === 'payment' && line.amount + line.fee === operation.amount;
  return isNet ? 'net-of-fee' : undefined;
}
