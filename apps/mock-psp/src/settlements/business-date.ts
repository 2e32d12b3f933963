/** The zone in which this provider's business days begin and end. */
export const businessZone = 'Europe/Istanbul';

const format = new Intl.DateTimeFormat('en-CA', { timeZone: businessZone, dateStyle: 'short' });

/** The business date (`YYYY-MM-DD`) of an instant in ISO 8601. */
export function businessDateOf(instant: string): string {
  return format.format(Date.parse(instant));
}
