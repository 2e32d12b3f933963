import { type ReportLine, UnreadableReport } from '@defter/payments-contracts';
import { currencyOf, kindOf, minorOf, textOf } from './wire.js';

/** A line together with what it says of itself, so that the totals can be checked. */
export interface Row extends ReportLine {
  readonly netMinor: bigint;
}

const names = 'operation_id,provider_ref,kind,gross,fee,net,currency,status,occurred_at'.split(',');
const statuses = ['succeeded', 'returned'] as const;

/** Reads one line of a settlement file. @throws UnreadableReport naming the line and what is wrong with it */
export function readRow(raw: string, lineNumber: number, businessOn: string): Row {
  const need = <T>(value: T | undefined, what: string): T => {
    if (value === undefined) throw unreadable(lineNumber - 1, `${what}: "${excerpt(raw)}"`);
    return value;
  };
  const texts = raw.split(',');
  const count = texts.length === names.length ? names.length : undefined;
  need(count, `${names.length} fields are expected, there are ${texts.length}`);
  const fields = Object.fromEntries(names.map((name, index) => [name, texts[index]]));
  const kind = need(kindOf(fields['kind']), 'the kind is not known');
  // A dispute has an id of the provider's own; as ours it would stand for an operation that we never sent.
  const operationId = kind === 'chargeback' ? undefined : textOf(fields, 'operation_id');
  const row = {
    ...{ lineNumber, raw, businessOn, kind, ...(operationId !== undefined && { operationId }) },
    providerRef: need(textOf(fields, 'provider_ref'), 'the provider reference is missing'),
    amountMinor: need(minorOf(fields['gross']), 'an amount is not a whole number'),
    feeMinor: need(minorOf(fields['fee']), 'an amount is not a whole number'),
    netMinor: need(signedOf(fields['net']), 'an amount is not a whole number'),
    currency: need(currencyOf(fields['currency']), 'the currency has no form of one'),
    status: need(
      statuses.find((status) => status === fields['status']),
      'the status is not known',
    ),
    occurredAt: need(instantOf(fields['occurred_at']), 'the time is none'),
  };
  need(row.netMinor === netOf(row) ? row : undefined, 'net is not gross less fee');
  return row;
}

/**
 * Charges, captures and what came back (a payout, a dispute that was won) add to our balance there; payouts,
 * refunds and disputes take from it; so does the fee.
 */
function netOf({ kind, status, amountMinor, feeMinor }: Omit<Row, 'netMinor'>): bigint {
  const isIncoming = kind === 'sale' || kind === 'capture' || status === 'returned';
  return (isIncoming ? amountMinor : -amountMinor) - feeMinor;
}

function signedOf(text = ''): bigint | undefined {
  const isNegative = text.startsWith('-');
  const size = minorOf(isNegative ? text.slice(1) : text);
  if (size === undefined || (isNegative && size === 0n)) return undefined;
  return isNegative ? -size : size;
}

function instantOf(text = ''): string | undefined {
  return Number.isNaN(Date.parse(text)) ? undefined : text;
}

/** The refusal of a whole file for the line at `index` (counted from 0). */
export function unreadable(index: number, reason: string): UnreadableReport {
  return new UnreadableReport(`line ${index + 1}: ${reason}`);
}

/** Text of a file as a message may repeat it. */
export function excerpt(text = 'nothing'): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
