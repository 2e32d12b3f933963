import { amountText } from '@defter/reconciliation-domain';
import { type DecimalMark, minorOf } from './decimal.js';
import { type Faults, excerpt } from './file-fault.js';
import type { CsvRecord } from './csv.js';
import { localTime } from './local-time.js';

/** How the amounts and times of a file are written. */
export interface Notation {
  readonly mark: DecimalMark;
  /** Of times that don't say it themselves. */
  readonly zone: string;
}

/** Thrown for a row that is no line; its fault is noted, and reading goes on. */
export class BadRow extends Error {}

/** A record by the names of its columns. */
export class Row {
  constructor(
    private readonly columns: ReadonlyMap<string, number>,
    readonly record: CsvRecord,
    private readonly notation: Notation,
  ) {}

  /** A field's text; empty when the column or the field is missing. */
  text(column: string): string {
    const at = this.columns.get(column.toLowerCase());
    return at === undefined ? '' : (this.record.fields[at] ?? '').trim();
  }

  /** @throws BadRow when it is empty */
  need(column: string): string {
    const text = this.text(column);
    if (text === '') throw new BadRow(`"${column}" is empty`);
    return text;
  }

  /** Minor units; an empty field is nothing. @throws BadRow */
  amount(column: string, currency: string): bigint {
    const text = this.text(column);
    if (text === '') return 0n;
    const amount = minorOf(text, currency, this.notation.mark);
    if (typeof amount === 'string') throw new BadRow(`${column}: ${excerpt(amount)}`);
    return amount;
  }

  /** ISO 4217, whatever its case; what Turkish files call TL is TRY. @throws BadRow */
  currency(column: string): string {
    const code = this.need(column).toUpperCase();
    const known = code === 'TL' || code === 'YTL' ? 'TRY' : code;
    if (!/^[A-Z]{3}$/.test(known)) throw new BadRow(`"${excerpt(code)}" is no currency`);
    return known;
  }

  /** @throws BadRow when it is no time */
  time(column: string, zone = this.notation.zone): { at: string; on: string } {
    const text = this.need(column);
    const time = localTime(text, zone);
    if (time === undefined) throw new BadRow(`${column}: "${excerpt(text)}" is no time`);
    return time;
  }
}

/** @throws BadRow with both amounts, where a row contradicts itself */
export function expectNet(
  column: string,
  currency: string,
  { is, of, sum }: { readonly is: bigint; readonly of: bigint; readonly sum: string },
): void {
  if (is === of) return;
  throw new BadRow(`${column} is ${amountText(is, currency)}, but ${sum} is ${amountText(of, currency)}`);
}

/** A column that must be there, or several of which one must. */
export type Needed = string | readonly string[];

/** Where each column stands; notes those that lack. */
export function columnsOf(
  { fields, line }: CsvRecord,
  needed: readonly Needed[],
  faults: Faults,
): ReadonlyMap<string, number> {
  const names = fields.map((field) =>
    field
      .replace(/^\ufeff/, '')
      .trim()
      .toLowerCase(),
  );
  const isThere = (name: string): boolean => names.includes(name.toLowerCase());
  const missing = needed.filter((one) => ![one].flat().some(isThere));
  if (missing.length > 0) faults.add({ line, reason: missingText(missing, fields) });
  return new Map(names.map((name, index) => [name, index]));
}

function missingText(missing: readonly Needed[], fields: readonly string[]): string {
  const names = missing.map((one) => [one].flat().join(' or ')).join(', ');
  const which = missing.length === 1 ? `the column ${names} is missing` : `the columns ${names} are missing`;
  return `${which}; the first line has: ${excerpt(fields.join(', '))}`;
}
