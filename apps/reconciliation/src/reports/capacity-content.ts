import { addDays } from '../business-day.js';
import { weekOf } from '../iso-week.js';
import type { ReportHead } from './report.js';

/** A table of this service's database as it was measured. */
export interface TableSize {
  readonly table: string;
  /** As the planner counts them. */
  readonly rows: number;
  /** With indexes. */
  readonly bytes: number;
  readonly bytesPerRow: number | null;
  /** Since the report before; nothing where there is none. */
  readonly bytesPerDay: number | null;
}

/** What a service measured of itself since it started; null: it doesn't measure that. */
export interface ServiceUse {
  readonly service: string;
  readonly cpuCores: number | null;
  readonly memoryBytes: number | null;
  readonly loopSeconds: number | null;
  readonly connectionsUsed: number | null;
  readonly connectionsWaiting: number | null;
  readonly messagesBehind: number | null;
  /** Work that waits for its turn: commands, webhooks to write, deliveries that are due. */
  readonly queued: number | null;
  /** How long the oldest message waits to be published. */
  readonly oldestSeconds: number | null;
  /** Why it gave no answer. */
  readonly reason: string | null;
}

export interface CapacityContent extends ReportHead {
  readonly tables: readonly TableSize[];
  readonly services: readonly ServiceUse[];
  /** Week by week; reports of before there were trends have none. */
  readonly trends?: readonly Trend[];
}

export const trendMeasures = ['queued', 'messagesBehind', 'oldestSeconds', 'connectionsWaiting'] as const;
export type TrendMeasure = (typeof trendMeasures)[number];

/** What a service measured in each of the last weeks, the oldest first; this report's is the last one. */
export interface Trend {
  readonly service: string;
  readonly measure: TrendMeasure;
  readonly weeks: readonly { readonly week: string; readonly value: number | null }[];
}

const DAY_MS = 86_400_000;
const YEAR_DAYS = 365;

/**
 * How fast tables grow, from two measurements. A table that shrank (was cleaned up) counts as not growing.
 */
export function withGrowth(
  tables: readonly Omit<TableSize, 'bytesPerDay'>[],
  asOf: string,
  before: Pick<CapacityContent, 'tables' | 'asOf'> | undefined,
): TableSize[] {
  const days = before === undefined ? 0 : (Date.parse(asOf) - Date.parse(before.asOf)) / DAY_MS;
  return tables.map((table) => {
    const known = before?.tables.find((each) => each.table === table.table);
    if (known === undefined || days < 1 / 24) return { ...table, bytesPerDay: null };
    return { ...table, bytesPerDay: Math.max(0, Math.round((table.bytes - known.bytes) / days)) };
  });
}

/** Where it is after a year of growing as it does. */
export const inAYear = ({ bytes, bytesPerDay }: TableSize): number | null =>
  bytesPerDay === null ? null : bytes + bytesPerDay * YEAR_DAYS;

type Week = Pick<CapacityContent, 'businessOn'> & { readonly services: readonly Partial<ServiceUse>[] };

/** How many weeks a trend goes back. */
export const TREND_WEEKS = 8;

/**
 * Trends from the reports that there are: of each earlier week the newest, and the present one. A week
 * without a report, or of before a figure was measured, is a gap and not 0.
 */
export function trendsOf(
  now: Pick<CapacityContent, 'businessOn' | 'services'>,
  earlier: readonly Week[],
): Trend[] {
  const thisWeek = weekOf(now.businessOn);
  const weeks = Array.from({ length: TREND_WEEKS }, (_, index) => {
    const { name } = weekOf(addDays(thisWeek.monday, -7 * (TREND_WEEKS - 1 - index)));
    const its = earlier.filter(({ businessOn }) => weekOf(businessOn).name === name);
    const [newest] = [...its].sort((one, other) => (one.businessOn < other.businessOn ? 1 : -1));
    const report: Week | undefined = name === thisWeek.name ? now : newest;
    return { name, report };
  });
  return now.services.flatMap(({ service }) =>
    trendMeasures.flatMap((measure) => {
      const values = weeks.map(({ name, report }) => {
        const use = report?.services.find((each) => each.service === service);
        return { week: name, value: use?.[measure] ?? null };
      });
      return values.every(({ value }) => value === null) ? [] : [{ service, measure, weeks: values }];
    }),
  );
}
