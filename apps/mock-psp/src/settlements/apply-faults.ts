import { currencies } from '../operations/operation.js';
import type { ReportFault } from '../book/book-event.wire.js';
import { seededBetween, seededHex } from '../seed.js';
import { dateAfter, startOf } from '../business-date.js';
import { linesBefore, lineText } from './settlement-csv.js';
import { businessOn, inOrder, type SettlementLine } from './settlement.js';

/** After so long a file with a re-issued line is right. */
const reissueMs = 3_600_000;

/** One fault as it shows in a file: what stands there and what should. */
export interface InjectedFault {
  readonly fault: ReportFault;
  readonly businessOn: string;
  /** Counted from 1, as editors do; null for a line that is missing. For a duplicate, the second one. */
  readonly lineNumber: number | null;
  readonly line: string | null;
  readonly trueLine: string | null;
}

/** A line with the file in which it stands and the fault that made it what it is. */
interface Drawn {
  readonly line: SettlementLine | null;
  readonly fileOn: string;
  readonly fault?: ReportFault;
  readonly truth?: SettlementLine;
}

export interface DrawnFile {
  readonly lines: readonly SettlementLine[];
  readonly injected: readonly InjectedFault[];
}

/**
 * The files of all business dates with the faults that hit them. Pure: the same book, faults and instant
 * give the same files. A fault hits the first movement of its operation (the payment, not the return).
 */
export function applyFaults(
  truth: readonly SettlementLine[],
  faults: readonly ReportFault[],
  now: Date,
): ReadonlyMap<string, DrawnFile> {
  const hits = new Map(
    faults.filter(({ kind }) => kind !== 'extra').map((fault) => [fault.operationId, fault]),
  );
  const drawn: Drawn[] = faults.filter(({ kind }) => kind === 'extra').map(invented);
  for (const line of truth) {
    const fault = line.status === 'succeeded' ? hits.get(line.operationId) : undefined;
    drawn.push(...(fault === undefined ? [{ line, fileOn: businessOn(line) }] : spoil(line, fault, now)));
  }
  const dates = [...new Set(drawn.map(({ fileOn }) => fileOn))].sort();
  return new Map(
    dates.map((date) => [
      date,
      fileOf(
        drawn.filter(({ fileOn }) => fileOn === date),
        date,
      ),
    ]),
  );
}

function fileOf(drawn: readonly Drawn[], date: string): DrawnFile {
  const missing = drawn.filter(({ line }) => line === null);
  const shown = drawn
    .flatMap(({ line, ...rest }) => (line === null ? [] : [{ line, ...rest }]))
    .sort((left, right) => inOrder(left.line, right.line));
  const injected = [...missing, ...shown].flatMap(({ line, fault, truth }): InjectedFault[] => {
    if (fault === undefined) return [];
    const index = shown.findLastIndex((each) => each.fault === fault);
    return [
      {
        ...{ fault, businessOn: date },
        lineNumber: line === null ? null : linesBefore + index + 1,
        line: line && lineText(line),
        trueLine: truth === undefined ? null : lineText(truth),
      },
    ];
  });
  return { lines: shown.map(({ line }) => line), injected };
}

function spoil(line: SettlementLine, fault: ReportFault, now: Date): Drawn[] {
  const amount = (max: number): bigint => BigInt(seededBetween(1, max, fault.id, line.operationId));
  const fileOn = businessOn(line);
  const wrong = (over: Partial<SettlementLine>, on = fileOn): Drawn[] => [
    { line: { ...line, ...over }, fileOn: on, fault, truth: line },
  ];
  switch (fault.kind) {
    case 'missing':
      return [{ line: null, fileOn, fault, truth: line }];
    case 'duplicate_line':
      return [{ line, fileOn }, ...wrong({})];
    case 'wrong_amount':
      return wrong({ grossMinor: line.grossMinor + amount(99) });
    case 'wrong_fee':
      return wrong({ feeMinor: line.feeMinor + amount(9) });
    case 'wrong_currency':
      return wrong({ currency: otherCurrency(line.currency) });
    case 'late':
      return wrong({}, dateAfter(fileOn));
    case 'day_edge':
      return wrong({ occurredAt: startOf(dateAfter(fileOn)) }, dateAfter(fileOn));
    case 'reissued':
      return wrong(isReissued(line, now) ? {} : { grossMinor: line.grossMinor + amount(99) });
    case 'split_batch':
      return wrong({});
    case 'extra':
      throw new Error('extra has no line of its own');
  }
}

/** Whether the file with this line has been issued again. */
export function isReissued({ occurredAt }: SettlementLine, now: Date): boolean {
  return now.getTime() >= Date.parse(occurredAt) + reissueMs;
}

/** A charge that nobody made. */
function invented(fault: ReportFault): Drawn {
  const { id, connectionId, operationId, setAt } = fault;
  const grossMinor = BigInt(seededBetween(1_000, 99_999, id, operationId));
  const providerRef = `mp_ch_${seededHex(24, connectionId, operationId)}`;
  const money = { grossMinor, feeMinor: 0n, currency: 'TRY' };
  const line: SettlementLine = {
    ...{ operationId, providerRef, kind: 'charge', ...money, status: 'succeeded', occurredAt: setAt },
  };
  return { line, fileOn: businessOn(line), fault };
}

function otherCurrency(currency: string): string {
  return currencies.find((other) => other !== currency) ?? currency;
}
