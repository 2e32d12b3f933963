import { addDays } from './business-day.js';

/** A week of ISO 8601: from Monday to Sunday, named by the year that has its Thursday. */
export interface IsoWeek {
  /** Such as `2026-W48`. */
  readonly name: string;
  readonly monday: string;
  readonly sunday: string;
}

/** The week that a date lies in. */
export function weekOf(date: string): IsoWeek {
  const weekday = (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
  const monday = addDays(date, -weekday);
  const thursday = addDays(monday, 3);
  const year = thursday.slice(0, 4);
  const days = (Date.parse(`${thursday}T00:00:00Z`) - Date.parse(`${year}-01-01T00:00:00Z`)) / 86_400_000;
  const number = `${Math.floor(days / 7) + 1}`.padStart(2, '0');
  return { name: `${year}-W${number}`, monday, sunday: addDays(monday, 6) };
}

/** The week of that name; nothing for a name that no week has. */
export function weekNamed(name: string): IsoWeek | undefined {
  const [, year = '', number = ''] = /^(\d{4})-W(\d{2})$/.exec(name) ?? [];
  // The fourth of January is in the first week, whatever day it is.
  const first = year === '' ? undefined : weekOf(`${year}-01-04`);
  if (first === undefined) return undefined;
  const week = weekOf(addDays(first.monday, (parseInt(number, 10) - 1) * 7));
  return week.name === name ? week : undefined;
}
