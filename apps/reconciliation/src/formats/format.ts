import { amountText } from '@defter/reconciliation-domain';
import type { BankLine, SettlementLine } from '../settlement-line.js';
import type { Faults } from './file-fault.js';
import type { Needed, Notation, Row } from './row.js';

/** What a row of a settlement file comes to: a line, or nothing that is one (a total, say). */
export interface RowReader {
  /** @throws BadRow */
  line(row: Row): SettlementLine | undefined;
  /** After the last row: checks what the file says it adds up to. */
  end(faults: Faults): void;
}

/** A settlement report in columns. */
export interface ColumnFormat {
  readonly needed: readonly Needed[];
  readonly notation: Notation;
  open(): RowReader;
}

/** A bank statement; its name is the same whenever the bank gives it out. */
export interface Statement {
  readonly name: string;
  readonly lines: readonly BankLine[];
}

interface Sides {
  readonly opening: { readonly amount: bigint; readonly currency: string };
  readonly moved: bigint;
  readonly closing: { readonly amount: bigint; readonly currency: string };
}

/** Why a statement contradicts itself. */
export function balancesText({ opening, moved, closing }: Sides): string {
  const { currency } = opening;
  const sum = amountText(opening.amount + moved, currency);
  return (
    `the balances don't fit: ${amountText(opening.amount, currency)} at the opening and entries of ` +
    `${amountText(moved, currency)} are ${sum}, the closing balance says ` +
    amountText(closing.amount, closing.currency)
  );
}
