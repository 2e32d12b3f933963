import { addDays, dateIn, startOf } from '../business-day.js';
import { weekOf } from '../iso-week.js';
import type { JobPlan } from './job-plans.js';

/** What a run is about, and what makes it once. */
export interface JobSlot {
  readonly businessOn: string;
  readonly slot: string;
  /** A run that began before this doesn't count: what it is about was not over. */
  readonly from: Date;
}

export type SlotRefusal =
  | { readonly code: 'job-looks-at-now'; readonly today: string }
  | { readonly code: 'job-date-ahead'; readonly today: string }
  /** Weeks are named by their Sunday; `latest` is the last day of the newest one that is over. */
  | {
      readonly code: 'job-week-not-over';
      readonly week: string;
      readonly ends_on: string;
      readonly today: string;
      readonly latest: string;
    };

/** Which date a job is about when nobody says, counted from today. */
const DAYS_BACK = { now: 0, yesterday: 1, 'last-week': 7 } as const;

type Schedule = Pick<JobPlan, 'about' | 'everyMinutes'>;

/** The slot of a job at an instant: of the date that was asked for, or of the one it is usually about. */
export function slotOf(
  { about, everyMinutes }: Schedule,
  { at, zone, date }: { readonly at: Date; readonly zone: string; readonly date?: string | undefined },
): JobSlot | SlotRefusal {
  const today = dateIn(zone, at);
  const asked = date ?? addDays(today, -DAYS_BACK[about]);
  const businessOn = about === 'last-week' ? weekOf(asked).sunday : asked;
  // A week counts when it is over: half a week's error budget says nothing.
  if (about === 'last-week' && businessOn >= today) return notOver(asked, today);
  if (businessOn > today) return { code: 'job-date-ahead', today };
  if (about === 'now' && businessOn !== today) return { code: 'job-looks-at-now', today };
  const slot = everyMinutes === undefined ? businessOn : beginningOf(at, everyMinutes);
  const from = about === 'now' ? new Date(0) : startOf(addDays(businessOn, 1), zone);
  return { businessOn, slot, from };
}

function notOver(asked: string, today: string): SlotRefusal {
  const { name: week, sunday: ends_on } = weekOf(asked);
  return { code: 'job-week-not-over', week, ends_on, today, latest: weekOf(addDays(today, -7)).sunday };
}

/** The beginning of the span of so many minutes that an instant lies in, as `2026-11-26T10:05Z`. */
function beginningOf(at: Date, minutes: number): string {
  const spanMs = minutes * 60_000;
  const beginning = new Date(Math.floor(at.getTime() / spanMs) * spanMs);
  return `${beginning.toISOString().slice(0, 16)}Z`;
}
