/** Between documents of a column: a control character, which JSON text holds only escaped. */
const BETWEEN_DOCUMENTS = '\u001e';

/**
 * How the values of a column are written. `plain`: numbers, addresses, assets, instants, hex: nothing in them
 * needs quotes. `free`: any text. `document`: JSON text, split in SQL by `string_to_array($n, E'\x1e', '')`.
 */
export type ColumnForm = 'plain' | 'free' | 'document';

const UNQUOTED = /^[A-Za-z0-9_:./-]+$/;
const NULL_WORD = /^null$/i;
const ESCAPED = /["\\]/g;

/**
 * One column of a set-based statement, written as the text of a PostgreSQL array while it is filled: a
 * batch has a dozen of them, and quoting every value would cost more than deciding it.
 */
export class Column {
  private text = '';
  private count = 0;

  constructor(private readonly form: ColumnForm) {}

  get size(): number {
    return this.count;
  }

  add(value: string | number | bigint | null): void {
    if (this.count++ > 0) this.text += this.form === 'document' ? BETWEEN_DOCUMENTS : ',';
    if (this.form === 'document') this.text += value ?? '';
    else this.text += value === null ? 'NULL' : typeof value === 'string' ? this.quoted(value) : `${value}`;
  }

  /** The parameter: an array literal, or the documents in one text. */
  get value(): string {
    return this.form === 'document' ? this.text : `{${this.text}}`;
  }

  private quoted(value: string): string {
    if (this.form === 'plain') return value.length === 4 && NULL_WORD.test(value) ? `"${value}"` : value;
    if (UNQUOTED.test(value) && !NULL_WORD.test(value)) return value;
    return `"${value.replace(ESCAPED, '\\$&')}"`;
  }
}

/** A column of these values. */
export const columnOf = (form: ColumnForm, values: Iterable<string | number | bigint | null>): string => {
  const column = new Column(form);
  for (const value of values) column.add(value);
  return column.value;
};
