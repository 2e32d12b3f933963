import { dateIn } from '../../business-day.js';
import type { Counted, Gap, SloDay, SloHour, SloPart, Verdict, WorstHour } from './slo-content.js';

export const HOUR_SECONDS = 3_600;
/** Prometheus gives a sample to who asks up to five minutes after it, so a point stands for five minutes. */
export const POINT_SECONDS = 300;

/** What Prometheus has of one part; times are ends of what they stand for, in seconds. */
export interface Measured {
  readonly part: string | null;
  /** Points at which some process was measured. */
  readonly points: ReadonlySet<number>;
  /** Events a second of each hour. */
  readonly hourly: { readonly all: ReadonlyMap<number, number>; readonly bad: ReadonlyMap<number, number> };
  /** Events a second of the whole week. */
  readonly weekly: { readonly all: number | undefined; readonly bad: number | undefined };
}

/** The week as it was asked for. */
export interface Span {
  readonly from: number;
  readonly until: number;
  readonly zone: string;
}

const WORST = 5;

/** Of a week that was measured for less, nobody can say that a promise was kept. */
const ENOUGH_MEASURED = 0.95;

/** What became of a part, from what Prometheus has. Pure: the same measurements give the same figures. */
export function partOf(measured: Measured, span: Span, budget: number): SloPart {
  const hours = hoursOf(measured, span);
  const measuredShare = meanOf(hours.map((hour) => hour.measured));
  const whole = countedOf(measured.weekly, span.until - span.from, measuredShare > 0);
  const { total, bad } = whole;
  const attained = total === null || bad === null || total === 0 ? null : 1 - bad / total;
  const allowed = total === null ? 0 : total * budget;
  return {
    ...{ part: measured.part, measured: measuredShare, total, bad, attained },
    verdict: verdictOf(whole, measuredShare, budget),
    budgetSpent: attained === null ? null : round((1 - attained) / budget),
    days: daysOf(hours, span, allowed),
    hours,
    worst: worstOf(hours, span),
    gaps: gapsOf(measured.points, span),
  };
}

function verdictOf({ total, bad }: Counted, measuredShare: number, budget: number): Verdict {
  if (total === null || bad === null) return 'unknown';
  if (bad > total * budget) return 'missed';
  if (measuredShare < ENOUGH_MEASURED) return 'partial';
  return total === 0 ? 'unused' : 'kept';
}

function hoursOf({ points, hourly }: Measured, { from, until }: Span): SloHour[] {
  const hours: SloHour[] = [];
  for (let end = from + HOUR_SECONDS; end <= until; end += HOUR_SECONDS) {
    let seen = 0;
    for (let point = end - HOUR_SECONDS + POINT_SECONDS; point <= end; point += POINT_SECONDS)
      if (points.has(point)) seen += 1;
    const share = (seen * POINT_SECONDS) / HOUR_SECONDS;
    const rates = { all: hourly.all.get(end), bad: hourly.bad.get(end) };
    // Of an hour that was seen for some minutes only, no rate is no proof that nothing happened.
    hours.push({ measured: round(share), ...countedOf(rates, HOUR_SECONDS, share === 1) });
  }
  return hours;
}

/** No figure of what was measured means that nothing happened; of what was not, that nothing is known. */
function countedOf(
  { all, bad }: { readonly all: number | undefined; readonly bad: number | undefined },
  seconds: number,
  isMeasured: boolean,
): Counted {
  if (all === undefined && !isMeasured) return { total: null, bad: null };
  return { total: round((all ?? 0) * seconds), bad: round((bad ?? 0) * seconds) };
}

function daysOf(hours: readonly SloHour[], { from, zone }: Span, allowed: number): SloDay[] {
  const days = new Map<string, SloHour[]>();
  hours.forEach((hour, index) => {
    const on = dateIn(zone, new Date((from + index * HOUR_SECONDS) * 1_000));
    days.set(on, [...(days.get(on) ?? []), hour]);
  });
  return [...days].map(([on, its]) => {
    const known = its.filter(({ total }) => total !== null);
    const sum = (of: (hour: SloHour) => number | null): number | null =>
      known.length === 0 ? null : round(known.reduce((all, hour) => all + (of(hour) ?? 0), 0));
    const [total, bad] = [sum((hour) => hour.total), sum((hour) => hour.bad)];
    const spent = bad === null ? null : allowed === 0 ? 0 : round(bad / allowed);
    return { on, measured: meanOf(its.map((hour) => hour.measured)), total, bad, spent };
  });
}

/** Those with the most bad events: it is they that spent the budget. */
function worstOf(hours: readonly SloHour[], { from }: Span): WorstHour[] {
  return hours
    .flatMap(({ total, bad }, index) => {
      if (total === null || bad === null || bad === 0) return [];
      return [{ from: isoOf(from + index * HOUR_SECONDS), total, bad }];
    })
    .sort((one, other) => other.bad - one.bad || (one.from < other.from ? -1 : 1))
    .slice(0, WORST);
}

/** Times without a point, joined where they touch. */
function gapsOf(points: ReadonlySet<number>, { from, until }: Span): Gap[] {
  const gaps: { from: number; until: number }[] = [];
  for (let end = from + POINT_SECONDS; end <= until; end += POINT_SECONDS) {
    if (points.has(end)) continue;
    const last = gaps.at(-1);
    if (last?.until === end - POINT_SECONDS) last.until = end;
    else gaps.push({ from: end - POINT_SECONDS, until: end });
  }
  return gaps.map((gap) => ({ from: isoOf(gap.from), until: isoOf(gap.until) }));
}

const meanOf = (shares: readonly number[]): number =>
  shares.length === 0 ? 0 : round(shares.reduce((sum, share) => sum + share, 0) / shares.length);

const round = (value: number): number => Math.round(value * 1e4) / 1e4;

const isoOf = (seconds: number): string => new Date(seconds * 1_000).toISOString();
