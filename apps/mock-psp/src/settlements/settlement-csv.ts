import { businessZone } from '../business-date.js';
import { netMinor, type SettlementLine } from './settlement.js';

/** Lines before the first movement: the head and the names of the columns. */
export const linesBefore = 2;

const columns = 'operation_id,provider_ref,kind,gross,fee,net,currency,status,occurred_at';

/**
 * The file, version 1: LF, every line ended, no quoting, for no field can hold a comma. The trailer (totals
 * per currency, then the count) is made from the lines as they stand, faults included: a file that lies is
 * still a whole file.
 */
export function settlementCsv(
  connectionId: string,
  businessOn: string,
  lines: readonly SettlementLine[],
): string {
  const head = `settlement,1,${connectionId},${businessOn},${businessZone}`;
  return [head, columns, ...lines.map(lineText), ...totals(lines), `end,${lines.length}`, ''].join('\n');
}

/** One movement as text. */
export function lineText(line: SettlementLine): string {
  const { operationId, providerRef, kind, grossMinor, feeMinor, currency, status, occurredAt } = line;
  return [
    operationId,
    providerRef,
    kind,
    grossMinor,
    feeMinor,
    netMinor(line),
    currency,
    status,
    occurredAt,
  ].join(',');
}

function totals(lines: readonly SettlementLine[]): readonly string[] {
  const currencies = [...new Set(lines.map(({ currency }) => currency))].sort();
  return currencies.map((currency) => {
    const own = lines.filter((line) => line.currency === currency);
    const sum = (of: (line: SettlementLine) => bigint) => own.reduce((total, line) => total + of(line), 0n);
    const sums = [sum((line) => line.grossMinor), sum((line) => line.feeMinor), sum(netMinor)];
    return ['total', currency, own.length, ...sums].join(',');
  });
}
