import { addDays, dateIn } from '../business-day.js';
import type { JobPlan } from './job-plans.js';

/** What a run is about, and what makes it once. */
export interface JobSlot {
  readonly businessOn: string;
  readonly slot: string;
}

export type SlotRefusal =
  | { readonly code: 'job-looks-at-now'; readonly today: string }
  | { readonly code: 'job-date-ahead'; readonly today: string };

type Schedule = Pick<JobPlan, 'about' | 'everyMinutes'>;

/** The slot of a job at an instant: of the date that was asked for, or of the one it is usually about. */
export function slotOf(
  { about, everyMinutes }: Schedule,
  { at, zone, date }: { readonly at: Date; readonly zone: string; readonly date?: string | undefined },
): JobSlot | SlotRefusal {
  const today = dateIn(zone, at);
  const businessOn = date ?? (about === 'yesterday' ? addDays(today, -1) : today);
  if (businessOn > today) return { code: 'job-date-ahead', today };
  if (about === 'now' && businessOn !== today) return { code: 'job-looks-at-now', today };
  return { businessOn, slot: everyMinutes === undefined ? businessOn : beginningOf(at, everyMinutes) };
}

/** The beginning of the span of so many minutes that an instant lies in, as `2026-11-26T10:05Z`. */
function beginningOf(at: Date, minutes: number): string {
  const spanMs = minutes * 60_000;
  const beginning = new Date(Math.floor(at.getTime() / spanMs) * spanMs);
  return `${beginning.toISOString().slice(0, 16)}Z`;
}
