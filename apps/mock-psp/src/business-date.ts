/** The zone in which this provider's business days begin and end. */
export const businessZone = 'Europe/Istanbul';

const format = new Intl.DateTimeFormat('en-CA', { timeZone: businessZone, dateStyle: 'short' });
const clock = new Intl.DateTimeFormat('en-GB', { timeZone: businessZone, timeStyle: 'medium' });
const dayMs = 24 * 3_600_000;

/** The business date (`YYYY-MM-DD`) of an instant in ISO 8601. */
export function businessDateOf(instant: string): string {
  return format.format(Date.parse(instant));
}

/** The date after a date. */
export function dateAfter(date: string): string {
  return new Date(Date.parse(date) + dayMs).toISOString().slice(0, 10);
}

/** The instant at which a business date begins, in ISO 8601. Istanbul is 3 hours ahead of UTC, or was 2. */
export function startOf(date: string): string {
  const midnights = [3, 2].map((hours) => new Date(Date.parse(date) - hours * 3_600_000));
  const found = midnights.find(
    (instant) => format.format(instant) === date && clock.format(instant) === '00:00:00',
  );
  if (found === undefined) throw new Error(`${date} has no midnight in ${businessZone}`);
  return found.toISOString();
}
