import type { ReportLine } from '@defter/payments-contracts';
import { excerpt, readRow, type Row, unreadable } from './settlement-row.js';

/**
 * The settlement file, version 1: comma-separated, LF, every line ended, no quoting (no field can hold a
 * comma).
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

/**
 * Reads a whole file, or throws UnreadableReport: nothing of a file whose count or totals are off is used.
 */
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
