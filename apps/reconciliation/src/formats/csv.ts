import { excerpt, refused } from './file-fault.js';

/** A record: its fields, where it begins, and its text. */
export interface CsvRecord {
  readonly line: number;
  readonly raw: string;
  readonly fields: readonly string[];
}

const FIELDS_LIMIT = 500;
const QUOTED_LINES_LIMIT = 200;

/**
 * Reads RFC 4180 as it is found: `,`, `;` or a tab (whichever the first line has most of), quotes only where
 * needed, line ends inside of quotes, any end of line. Empty lines are skipped.
 * @throws FileRefused for a quote that never ends, stands inside of an unquoted field or has text behind it
 *   (lines could vanish into its field), and for text beyond the columns of the first line
 */
export async function* readCsv(lines: AsyncIterable<string>): AsyncGenerator<CsvRecord> {
  let separator: string | undefined;
  let columns: number | undefined;
  let open: { line: number; parts: string[] } | undefined;
  let number = 0;
  for await (const text of lines) {
    number++;
    if (open === undefined && text.trim() === '') continue;
    open ??= { line: number, parts: [] };
    open.parts.push(text);
    const raw = open.parts.join('\n');
    if (isOpen(text, open.parts.length > 1)) {
      if (open.parts.length <= QUOTED_LINES_LIMIT) continue;
      throw refused(open.line, 'a quote is never closed');
    }
    separator ??= separatorOf(raw);
    const fields = fieldsOf(raw, separator, open.line);
    columns ??= fields.length;
    expectWithin(columns, fields, open.line);
    yield { line: open.line, raw, fields };
    open = undefined;
  }
  if (open !== undefined) throw refused(open.line, 'a quote is never closed');
}

/** Separators at the end of a line are habit; text there is of no column. */
function expectWithin(columns: number, fields: readonly string[], line: number): void {
  if (fields.slice(columns).some((field) => field !== ''))
    throw refused(line, `more fields than the ${columns} columns of the first line`);
}

/** Whether a quote is open at the end of a line: an odd number of them flips it. */
function isOpen(text: string, wasOpen: boolean): boolean {
  const quotes = text.split('"').length - 1;
  return (quotes % 2 === 1) !== wasOpen;
}

function separatorOf(first: string): string {
  const unquoted = first.replace(/"[^"]*"/g, '');
  const counts = [',', ';', '\t'].map((mark) => [mark, unquoted.split(mark).length] as const);
  return counts.reduce((best, each) => (each[1] > best[1] ? each : best))[0];
}

function fieldsOf(raw: string, separator: string, line: number): string[] {
  const fields: string[] = [];
  for (let at = 0; at <= raw.length;) {
    if (fields.length >= FIELDS_LIMIT) throw refused(line, `more than ${FIELDS_LIMIT} fields`);
    if (raw[at] === '"') {
      const end = closingQuote(raw, at + 1);
      if (end < raw.length && raw[end] !== separator) throw refused(line, 'text stands behind a quote');
      fields.push(raw.slice(at + 1, end - 1).replaceAll('""', '"'));
      at = end + 1;
    } else {
      const next = raw.indexOf(separator, at);
      const end = next === -1 ? raw.length : next;
      const field = raw.slice(at, end).trim();
      if (field.includes('"')) throw refused(line, `a quote inside of the field ${excerpt(field)}`);
      fields.push(field);
      at = end + 1;
    }
  }
  return fields;
}

/** The place behind the quote that closes what begins at `from`. */
function closingQuote(raw: string, from: number): number {
  for (let at = from; at < raw.length; at++) {
    if (raw[at] !== '"') continue;
    if (raw[at + 1] !== '"') return at + 1;
    at++;
  }
  return raw.length + 1;
}
