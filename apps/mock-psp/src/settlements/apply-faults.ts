import { currencies } from '../operations/operation.js';
import type { FaultKind, ReportFault } from '../book/book-event.wire.js';
import { seededBetween, seededHex } from '../seed.js';
import { businessDateOf } from './business-date.js';
import { linesBefore, lineText } from './settlement-csv.js';
import { businessOn, inOrder, type SettlementLine } from './settlement-line.js';

/** One fault as it shows in a file: what stands there and what should. */
export interface InjectedFault {
  readonly fault: ReportFault;
  readonly businessOn: string;
  /** Counted from 1, as editors do; null for a line that is missing. For a duplicate, the second one. */
  readonly lineNumber: number | null;
  readonly line: string | null;
  readonly trueLine: string | null;
}

/** A line of a file together with the fault that made it what it is. */
interface Drawn {
  readonly line: SettlementLine;
  readonly fault?: ReportFault;
}

export interface DrawnFile {
  readonly lines: readonly SettlementLine[];
  readonly injected: readonly InjectedFault[];
}

/**
 * The lines of one business date with the faults that hit it. Pure: the same book and faults give the same
 * file. A fault hits the first movement of its operation (the payment, not the return).
 */
export function applyFaults(
  truth: readonly SettlementLine[],
  faults: readonly ReportFault[],
  date: string,
): DrawnFile {
  const byOperation = new Map(
    faults.filter(({ kind }) => kind !== 'extra').map((fault) => [fault.operationId, fault]),
  );
  const invented = faults
    .filter(({ kind }) => kind === 'extra')
    .map((fault) => ({ line: inventedLine(fault), fault }));
  const drawn: Drawn[] = invented.filter(({ line }) => businessOn(line) === date);
  const missing: InjectedFault[] = [];
  for (const line of truth.filter((each) => businessOn(each) === date)) {
    const fault = line.status === 'succeeded' ? byOperation.get(line.operationId) : undefined;
    if (fault?.kind === 'missing') {
      missing.push({ fault, businessOn: date, lineNumber: null, line: null, trueLine: lineText(line) });
    } else {
      drawn.push(...(fault === undefined ? [{ line }] : spoil(line, fault)));
    }
  }
  drawn.sort((left, right) => inOrder(left.line, right.line));
  return { lines: drawn.map(({ line }) => line), injected: [...missing, ...injectedIn(drawn, truth, date)] };
}

function spoil(line: SettlementLine, fault: ReportFault): Drawn[] {
  const amount = (max: number): bigint => BigInt(seededBetween(1, max, fault.id, line.operationId));
  switch (fault.kind) {
    case 'duplicate_line':
      return [{ line }, { line, fault }];
    case 'wrong_amount':
      return [{ line: { ...line, grossMinor: line.grossMinor + amount(99) }, fault }];
    case 'wrong_fee':
      return [{ line: { ...line, feeMinor: line.feeMinor + amount(9) }, fault }];
    case 'wrong_currency':
      return [{ line: { ...line, currency: otherCurrency(line.currency) }, fault }];
    case 'missing':
    case 'extra':
      throw new Error(`${fault.kind} doesn't change a line`);
  }
}

/** A charge that nobody made. */
function inventedLine({ id, connectionId, operationId, setAt }: ReportFault): SettlementLine {
  const grossMinor = BigInt(seededBetween(1_000, 99_999, id, operationId));
  const providerRef = `mp_ch_${seededHex(24, connectionId, operationId)}`;
  const money = { grossMinor, feeMinor: 0n, currency: 'TRY' };
  return { operationId, providerRef, kind: 'charge', ...money, status: 'succeeded', occurredAt: setAt };
}

/** The dates that only an invented line gives a file. */
export function datesOf(faults: readonly ReportFault[]): readonly string[] {
  return faults.filter(({ kind }) => kind === 'extra').map(({ setAt }) => businessDateOf(setAt));
}

function injectedIn(
  drawn: readonly Drawn[],
  truth: readonly SettlementLine[],
  date: string,
): InjectedFault[] {
  return drawn.flatMap(({ line, fault }, index) => {
    if (fault === undefined) return [];
    const real = truth.find(
      ({ operationId, status }) => operationId === fault.operationId && status === 'succeeded',
    );
    const trueLine = isInvention(fault.kind) || real === undefined ? null : lineText(real);
    return [{ fault, businessOn: date, lineNumber: linesBefore + index + 1, line: lineText(line), trueLine }];
  });
}

const isInvention = (kind: FaultKind): boolean => kind === 'extra';

function otherCurrency(currency: string): string {
  return currencies.find((other) => other !== currency) ?? currency;
}
