import { type ReportLine, UnreadableReport } from '@defter/payments-contracts';
import { currencyOf, kindOf, minorOf } from './wire.js';

/**
 * The settlement file, version 1: comma-separated, LF, every line ended, no quoting (no field can hold a comma).
 *
 *     settlement,1,<connection>,<business date>,<zone>
 *     operation_id,provider_ref,kind,gross,fee,net,currency,status,occurred_at
 *     … one line per movement of money …
 *     total,<currency>,<lines>,<gross>,<fee>,<net>          one per currency, sorted
 *     end,<lines>
 */
const columns = 'operation_id,provider_ref,kind,gross,fee,net,currency,status,occurred_at';

interface Total {
  readonly lines: bigint;
  readonly gross: bigint;
  readonly fee: bigint;
  readonly net: bigint;
}

interface Row extends ReportLine {
  readonly netMinor: bigint;
}

/** Reads a whole file, or throws UnreadableReport: nothing of a file whose count or totals are off is used. */
export function readSettlement(bytes: Uint8Array, businessOn: string): readonly ReportLine[] {
  const lines = linesOf(bytes);
  checkHead(lines, businessOn);
  const end = lines.length - 1;
  const firstTotal = lines.findIndex((line, index) => index >= 2 && line.startsWith('total,'));
  const bodyEnd = firstTotal === -1 ? end : firstTotal;
  // The count comes first: a file cut and mended by hand must not be blamed on the line where it was cut.
  if (lines[end] !== `end,${bodyEnd - 2}`) {
    throw unreadable(
      end,
      `"end,${bodyEnd - 2}" is expected after ${bodyEnd - 2} lines, it says "${excerpt(lines[end])}"`,
    );
  }
  const rows = lines.slice(2, bodyEnd).map((raw, index) => readRow(raw, index + 3, businessOn));
  checkTotals(lines.slice(bodyEnd, end), totalsOf(rows), bodyEnd);
  return rows.map(({ netMinor: _net, ...line }) => line);
}

function linesOf(bytes: Uint8Array): readonly string[] {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable(0, 'the file is not UTF-8');
  }
  const lines = text.split('\n');
  if (lines.pop() !== '') throw unreadable(lines.length, 'the file ends in the middle of a line');
  if (lines.length < 3) throw unreadable(lines.length - 1, 'the file ends before its trailer');
  return lines;
}

function checkHead(lines: readonly string[], businessOn: string): void {
  const [head = '', names] = lines;
  const [word, version, , date] = head.split(',');
  if (word !== 'settlement' || version !== '1')
    throw unreadable(0, `not a settlement file of version 1: "${excerpt(head)}"`);
  if (date !== businessOn)
    throw unreadable(0, `the file is of ${excerpt(date)}, asked for was ${businessOn}`);
  if (names !== columns) throw unreadable(1, `the columns are not "${columns}"`);
}

function readRow(raw: string, lineNumber: number, businessOn: string): Row {
  const fields = raw.split(',');
  const [
    operationId = '',
    providerRef = '',
    kindWord,
    gross,
    fee,
    net,
    currencyText,
    status,
    occurredAt = '',
  ] = fields;
  const wrong = (what: string) => unreadable(lineNumber - 1, `${what}: "${excerpt(raw)}"`);
  if (fields.length !== 9) throw wrong(`9 fields are expected, there are ${fields.length}`);
  const [kind, currency] = [kindOf(kindWord), currencyOf(currencyText)];
  const [amountMinor, feeMinor, netMinor] = [minorOf(gross), minorOf(fee), signedOf(net)];
  if (providerRef === '') throw wrong('the provider reference is missing');
  if (kind === undefined) throw wrong('the kind is not known');
  if (amountMinor === undefined || feeMinor === undefined || netMinor === undefined)
    throw wrong('an amount is not a whole number');
  if (currency === undefined) throw wrong('the currency has no form of one');
  if (status !== 'succeeded' && status !== 'returned') throw wrong('the status is not known');
  if (Number.isNaN(Date.parse(occurredAt))) throw wrong('the time is none');
  const incoming = kind === 'sale' || status === 'returned';
  if (netMinor !== (incoming ? amountMinor : -amountMinor) - feeMinor)
    throw wrong('net is not gross less fee');
  const identified = { lineNumber, raw, kind, providerRef, ...(operationId !== '' && { operationId }) };
  return { ...identified, amountMinor, feeMinor, netMinor, currency, status, businessOn, occurredAt };
}

function signedOf(text = ''): bigint | undefined {
  const negative = text.startsWith('-');
  const size = minorOf(negative ? text.slice(1) : text);
  if (size === undefined || (negative && size === 0n)) return undefined;
  return negative ? -size : size;
}

function totalsOf(rows: readonly Row[]): ReadonlyMap<string, Total> {
  const totals = new Map<string, Total>();
  for (const { currency, amountMinor, feeMinor, netMinor } of rows) {
    const { lines, gross, fee, net } = totals.get(currency) ?? { lines: 0n, gross: 0n, fee: 0n, net: 0n };
    totals.set(currency, {
      lines: lines + 1n,
      gross: gross + amountMinor,
      fee: fee + feeMinor,
      net: net + netMinor,
    });
  }
  return totals;
}

function checkTotals(stated: readonly string[], totals: ReadonlyMap<string, Total>, from: number): void {
  const expected = [...totals].sort(([left], [right]) => (left < right ? -1 : 1));
  const texts = expected.map(
    ([currency, { lines, gross, fee, net }]) => `total,${currency},${lines},${gross},${fee},${net}`,
  );
  for (let index = 0; index < Math.max(stated.length, texts.length); index++) {
    if (stated[index] === texts[index]) continue;
    throw unreadable(
      from + index,
      `the lines give "${texts[index] ?? 'no more totals'}", the file says "${excerpt(stated[index])}"`,
    );
  }
}

function unreadable(index: number, reason: string): UnreadableReport {
  return new UnreadableReport(`line ${index + 1}: ${reason}`);
}

function excerpt(text = 'nothing'): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
