import { familyOf, legOf, netOf } from '@defter/reconciliation-domain';
import { type ReportRef, UnreadableReport } from '@defter/payments-contracts';
import { sha256, uuidOf } from './digest.js';
import type { SettlementLine } from './settlement-line.js';

/** A fetched and readable report. */
export interface ReadReport {
  readonly ref: ReportRef;
  readonly contentHash: string;
  readonly byteCount: number;
  readonly lines: readonly SettlementLine[];
  readonly rows: readonly LineRow[];
}

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
 * Lines as rows. A line's key is what it is about and how often that came before in the report, not its
 * place or content: a corrected report then speaks about the same lines.
 * @throws UnreadableReport when a line has values that no report may have
 */
export function lineRows(
  { provider, connectionId, zone }: Source,
  { ref, lines }: Pick<ReadReport, 'ref' | 'lines'>,
): LineRow[] {
  const seen = new Map<string, number>();
  const numbers = new Set<number>();
  const dateIn = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
  return lines.map((line) => {
    const fault = unfit(line) ?? (numbers.has(line.lineNumber) ? 'its number stands twice' : undefined);
    if (fault !== undefined) throw new UnreadableReport(`line ${line.lineNumber}: ${fault}`);
    numbers.add(line.lineNumber);
    const [family, leg] = [familyOf(line.kind), legOf(line)];
    const about = [provider, connectionId, ref.id, family, leg, line.providerRef, ...nameless(line)] as const;
    const nth = (seen.get(about.join('\n')) ?? 0) + 1;
    seen.set(about.join('\n'), nth);
    return {
      ...{ line_number: line.lineNumber, line_key: uuidOf(...about, nth), line_hash: sha256(line.raw) },
      ...{ kind: line.kind, family, leg, operation_id: line.operationId ?? null },
      ...{ provider_ref: line.providerRef, amount: `${line.amountMinor}`, fee: `${line.feeMinor}` },
      ...{ currency: line.currency, status: line.status, business_on: line.businessOn },
      ...{ occurred_at: line.occurredAt, raw: line.raw },
      ...settlementOf(line, { family, leg }, dateIn),
    };
  });
}

function settlementOf(
  { amountMinor: amount, feeMinor: fee, occurredAt, ...line }: SettlementLine,
  of: { family: string; leg: 'payment' | 'return' },
  dateIn: Intl.DateTimeFormat,
): Pick<
  LineRow,
  'batch_ref' | 'net' | 'surcharge' | 'original_amount' | 'original_currency' | 'fx_rate'
> {
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

/** What the report adds up to, per currency; amounts as text. */
export function totalsOf(
  lines: readonly SettlementLine[],
): Record<string, { lines: number; amount: string; fee: string }> {
  const sums = new Map<string, { lines: number; amount: bigint; fee: bigint }>();
  for (const { currency, amountMinor, feeMinor } of lines) {
    const sum = sums.get(currency) ?? { lines: 0, amount: 0n, fee: 0n };
    sums.set(currency, { lines: sum.lines + 1, amount: sum.amount + amountMinor, fee: sum.fee + feeMinor });
  }
  const texts = [...sums].map(([currency, { lines: count, amount, fee }]) => {
    return [currency, { lines: count, amount: `${amount}`, fee: `${fee}` }] as const;
  });
  return Object.fromEntries(texts);
}
