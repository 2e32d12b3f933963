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
  /** Why it gave no answer. */
  readonly reason: string | null;
}

export interface CapacityContent extends ReportHead {
  readonly tables: readonly TableSize[];
  readonly services: readonly ServiceUse[];
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
