import type { BankLine, SettlementLine } from '../settlement-line.js';
import type { Faults } from './file-fault.js';
import type { Notation, Row } from './row.js';

/** What a row of a settlement file comes to: a line, or nothing that is one (a total, say). */
export interface RowReader {
  /** @throws BadRow */
  line(row: Row): SettlementLine | undefined;
  /** After the last row: checks what the file says it adds up to. */
  end(faults: Faults): void;
}

/** A settlement report in columns. */
export interface ColumnFormat {
  readonly needed: readonly string[];
  readonly notation: Notation;
  open(): RowReader;
}

/** A bank statement; its name is the same whenever the bank gives it out. */
export interface Statement {
  readonly name: string;
  readonly lines: readonly BankLine[];
}
