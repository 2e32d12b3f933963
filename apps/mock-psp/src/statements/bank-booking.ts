import type { ReportFault } from '../book/book-event.wire.js';
import { seededHex } from '../seed.js';
import { dateAfter } from '../business-date.js';
import { businessOn, netMinor, type SettlementLine } from '../settlements/settlement.js';

/** One booking on the merchant's account at the bank: a settlement, or a part of one. */
export interface BankBooking {
  /** At most 35 characters, as ISO 20022 wants of references. */
  readonly reference: string;
  /** The business date whose movements it settles. */
  readonly settlesOn: string;
  readonly bookedOn: string;
  readonly currency: string;
  /** Above zero the provider pays, below zero it collects. */
  readonly amountMinor: bigint;
  /** Movements in it; those of a split settlement are counted with the first part. */
  readonly movements: number;
}

/**
 * What the bank books: the net of each business date and currency, on the next date. It comes from what
 * really moved, so a file that lies differs from it. A settlement with a `split_batch` fault comes in two
 * parts.
 */
export function bankBookings(
  connectionId: string,
  movements: readonly SettlementLine[],
  faults: readonly ReportFault[],
): readonly BankBooking[] {
  const split = new Set(
    faults.filter(({ kind }) => kind === 'split_batch').map(({ operationId }) => operationId),
  );
  const settlements = new Map<string, SettlementLine[]>();
  for (const line of movements) {
    const key = `${businessOn(line)} ${line.currency}`;
    const lines = settlements.get(key);
    if (lines === undefined) settlements.set(key, [line]);
    else lines.push(line);
  }
  return [...settlements].sort(byKey).flatMap(([key, lines]) => {
    const [settlesOn = '', currency = ''] = key.split(' ');
    const amountMinor = lines.reduce((sum, line) => sum + netMinor(line), 0n);
    if (amountMinor === 0n) return [];
    const reference = `STL-${settlesOn}-${currency}-${seededHex(8, connectionId)}`;
    const whole = { reference, settlesOn, bookedOn: dateAfter(settlesOn), currency, amountMinor };
    const isSplit = lines.some(({ operationId }) => split.has(operationId));
    return isSplit ? inParts({ ...whole, movements: lines.length }) : [{ ...whole, movements: lines.length }];
  });
}

/** Two thirds and the rest; what can't be divided stays whole. */
function inParts(booking: BankBooking): readonly BankBooking[] {
  const first = (booking.amountMinor * 2n) / 3n;
  if (first === 0n) return [booking];
  return [
    { ...booking, amountMinor: first, reference: `${booking.reference}-1` },
    {
      ...booking,
      amountMinor: booking.amountMinor - first,
      reference: `${booking.reference}-2`,
      movements: 0,
    },
  ];
}

function byKey([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}
