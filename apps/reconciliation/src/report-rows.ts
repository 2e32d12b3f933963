import { familyOf, legOf, netOf } from '@defter/reconciliation-domain';
import { type ReportRef, UnreadableReport } from '@defter/payments-contracts';
import { sha256, uuidOf } from './digest.js';
import type { SettlementLine } from './settlement-line.js';

/** Whose report it is. */
export interface Source {
  readonly provider: string;
  readonly connectionId: string;
  /** Whose midnight ends the day of a line that names no settlement. */
  readonly zone: string;
}

export interface LineRow {
  readonly line_number: number;
  readonly line_key: string;
  readonly line_hash: string;
  readonly kind: string;
  readonly family: string;
  readonly leg: string;
  readonly operation_id: string | null;
  readonly provider_ref: string;
  readonly amount: string;
  readonly fee: string;
  readonly currency: string;
  readonly status: string;
  readonly business_on: string;
  readonly occurred_at: string;
  readonly raw: string;
  readonly batch_ref: string;
  readonly net: string;
  readonly surcharge: string;
  readonly original_amount: string | null;
  readonly original_currency: string | null;
  readonly fx_rate: string | null;
}

/**
 * Makes rows of the lines of one report. A line's key is what it is about and how often that came before in
 * the report, not its place or content: a corrected report then speaks about the same lines.
 */
export class RowMaker {
  private readonly seen = new Map<string, number>();
  private readonly numbers = new Set<number>();
  private readonly dateIn: Intl.DateTimeFormat;

  constructor(
    private readonly source: Source,
    private readonly reportRef: string,
  ) {
    this.dateIn = new Intl.DateTimeFormat('en-CA', { timeZone: source.zone, dateStyle: 'short' });
  }

  /** @throws UnreadableReport when the line has values that no report may have */
  row(line: SettlementLine): LineRow {
    const twice = this.numbers.has(line.lineNumber) ? 'its number stands twice' : undefined;
    const fault = unfit(line) ?? twice;
    if (fault !== undefined) throw new UnreadableReport(`line ${line.lineNumber}: ${fault}`);
    this.numbers.add(line.lineNumber);
    const [family, leg] = [familyOf(line.kind), legOf(line)];
    return {
      ...{ line_number: line.lineNumber, line_key: this.key(line, family, leg), line_hash: sha256(line.raw) },
      ...{ kind: line.kind, family, leg, operation_id: line.operationId ?? null },
      ...{ provider_ref: line.providerRef, amount: `${line.amountMinor}`, fee: `${line.feeMinor}` },
      ...{ currency: line.currency, status: line.status, business_on: line.businessOn },
      ...{ occurred_at: line.occurredAt, raw: line.raw },
      ...settlementOf(line, { family, leg }, this.dateIn),
    };
  }

  private key(line: SettlementLine, family: string, leg: string): string {
    const { provider, connectionId } = this.source;
    const about = [provider, connectionId, this.reportRef, family, leg, line.providerRef, ...nameless(line)];
    const nth = (this.seen.get(about.join('\n')) ?? 0) + 1;
    this.seen.set(about.join('\n'), nth);
    return uuidOf(...about, nth);
  }
}

/** All rows of a report. @throws UnreadableReport */
export function lineRows(
  source: Source,
  { ref, lines }: { readonly ref: ReportRef; readonly lines: readonly SettlementLine[] },
): readonly LineRow[] {
  const maker = new RowMaker(source, ref.id);
  return lines.map((line) => maker.row(line));
}

function settlementOf(
  { amountMinor: amount, feeMinor: fee, occurredAt, ...line }: SettlementLine,
  of: { family: string; leg: 'payment' | 'return' },
  dateIn: Intl.DateTimeFormat,
): Pick<LineRow, 'batch_ref' | 'net' | 'surcharge' | 'original_amount' | 'original_currency' | 'fx_rate'> {
  const { batchRef = dateIn.format(new Date(occurredAt)), netMinor = netOf({ ...of, amount, fee }) } = line;
  const { surchargeMinor = 0n, original } = line;
  return {
    ...{ batch_ref: batchRef, net: `${netMinor}`, surcharge: `${surchargeMinor}` },
    original_amount: original === undefined ? null : `${original.amountMinor}`,
    ...{ original_currency: original?.currency ?? null, fx_rate: original?.rate ?? null },
  };
}

/** A line that names nothing is told apart by its money and time. */
const nameless = ({ providerRef, amountMinor, occurredAt }: SettlementLine): string[] =>
  providerRef === '' ? [`${amountMinor}`, occurredAt] : [];

const date = /^\d{4}-\d{2}-\d{2}$/;

function unfit(line: SettlementLine): string | undefined {
  if (line.amountMinor < 0n || line.feeMinor < 0n) return 'an amount is below zero';
  if (!/^[A-Z]{3}$/.test(line.currency)) return `"${line.currency}" is no currency`;
  if (!date.test(line.businessOn)) return 'its business date is no date';
  if (Number.isNaN(Date.parse(line.occurredAt))) return 'its time is no instant';
  return undefined;
}
