/** RFC 4180, with what a spreadsheet would take for a formula made harmless. */

/**
 * A spreadsheet runs what begins so; a plain number is none.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^-?\d+(?:\.\d+)?$/;

const cellOf = (value: string | number | null): string => {
  const text = value === null ? '' : `${value}`;
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",;\r\n\t]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** A line of names and a line for each row, each ended by CRLF; the mark at the beginning says UTF-8. */
export function csvOf(
  names: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const lines = [names, ...rows].map((cells) => cells.map(cellOf).join(','));
  return `\uFEFF${lines.join('\r\n')}\r\n`;
}
