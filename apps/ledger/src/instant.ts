import { malformed } from '@defter/platform';

const RFC3339 = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/;
const EARLIEST_YEAR = 1900;
const LATEST_YEAR = 9999;

/**
 * An RFC 3339 instant as the ledger keeps it: UTC with six fractional digits (finer ones are cut), so that
 * instants sort as text. @throws ProblemException `malformed` when it isn't one, or lies before the year 1900
 */
export const toInstant = (text: string, loc: readonly (string | number)[]): string => {
  const parts = RFC3339.exec(text);
  const whole = parts === null ? Number.NaN : Date.parse(`${parts[1]}${parts[3]}`);
  if (
    parts === null ||
    Number.isNaN(whole) ||
    !isYear(new Date(whole).getUTCFullYear()) ||
    !roundTrips(parts)
  ) {
    throw malformed([
      {
        loc,
        msg: text.includes(' ')
          ? 'must be an instant without spaces; in a query a + is one: write Z, or %2B for it'
          : 'must be an instant such as 2026-01-31T09:30:00Z, from the year 1900 to 9999',
        type: 'instant',
      },
    ]);
  }
  const fraction = (parts[2] ?? '').slice(0, 6).padEnd(6, '0');
  return `${new Date(whole).toISOString().slice(0, 19)}.${fraction}Z`;
};

/** Date.parse reads 31 February as 3 March; such a day is a mistake, not a date. */
const roundTrips = (parts: RegExpExecArray): boolean =>
  new Date(`${parts[1]}Z`).toISOString().slice(0, 19) === parts[1];

const isYear = (year: number): boolean => year >= EARLIEST_YEAR && year <= LATEST_YEAR;
