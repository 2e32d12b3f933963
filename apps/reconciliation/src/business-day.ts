/** Business dates are `YYYY-MM-DD` in a zone; instants are UTC. */
const DAY_MS = 86_400_000;

/** No zone is further from UTC. */
const FURTHEST_MS = 15 * 3_600_000;

/** Making one costs more than all that is done with it. */
const calendars = new Map<string, Intl.DateTimeFormat>();

function calendarOf(zone: string): Intl.DateTimeFormat {
  const known = calendars.get(zone);
  if (known !== undefined) return known;
  const calendar = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' },
  });
  calendars.set(zone, calendar);
  return calendar;
}

/** The date that a zone's calendar shows at an instant. */
export function dateIn(zone: string, at: Date): string {
  const parts = calendarOf(zone).formatToParts(at);
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

/** The date so many days later (or earlier). */
export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/**
 * The first instant of a date in a zone. Found by halving, because there is no shorter way that is right
 * where clocks are put forward at midnight.
 */
export function startOf(date: string, zone: string): Date {
  const around = Date.parse(`${date}T00:00:00Z`);
  let [before, from] = [around - FURTHEST_MS, around + FURTHEST_MS];
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2);
    if (dateIn(zone, new Date(middle)) >= date) from = middle;
    else before = middle;
  }
  return new Date(from);
}

/** Whether a text is a date of the calendar. */
export const isDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) &&
  !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) &&
  addDays(text, 0) === text;
