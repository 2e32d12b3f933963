import type { Explanation } from './explanation.js';
import type { BySeverity, ReportHead } from './report.js';

/** An open finding as a report shows it. Amounts are minor units as text. */
export interface OpenFinding {
  readonly id: string;
  readonly type: string;
  readonly severity: keyof BySeverity;
  readonly status: string;
  readonly provider: string;
  readonly connection: string;
  readonly message: string;
  /** The same in Turkish; null or missing where there is none. */
  readonly messageTr?: string | null;
  readonly action: string;
  readonly sentence: string;
  readonly since: string;
  /** Null where no money can be named. */
  readonly amount: string | null;
  readonly currency: string | null;
  readonly reference: string | null;
  readonly customer: string | null;
}

/** Open findings by how long they have been open: up to so many days, the last band without an end. */
export const ageBands = [
  { name: 'today', days: 1 },
  { name: 'threeDays', days: 3 },
  { name: 'week', days: 7 },
  { name: 'month', days: 30 },
  { name: 'older', days: Number.POSITIVE_INFINITY },
] as const;
export type AgeBand = (typeof ageBands)[number]['name'];

export interface Ageing extends BySeverity {
  readonly band: AgeBand;
}

/** What came in and went out on a day, by currency. */
export interface DayFlow {
  readonly on: string;
  readonly currency: string;
  readonly inMinor: string;
  readonly outMinor: string;
}

/** Our own movements of the date at one connection. */
export interface MovedTotal {
  readonly provider: string;
  readonly connection: string;
  readonly currency: string;
  readonly inCount: number;
  readonly inMinor: string;
  readonly outCount: number;
  readonly outMinor: string;
  readonly feeMinor: string;
  /** Asked for, and without an outcome so far. */
  readonly openCount: number;
}

/** What the provider settled for the date. Explained and unexplained difference are never netted. */
export interface SettledTotal {
  readonly provider: string;
  readonly connection: string;
  readonly currency: string;
  readonly lines: number;
  readonly amountMinor: string;
  readonly feeMinor: string;
  readonly unmatchedLines: number;
  readonly unmatchedMinor: string;
  readonly explainedMinor: string;
  readonly unexplainedMinor: string;
}

/** A correction that moves money, and its two people. Amounts are minor units as text. */
export interface ReportedCorrection {
  readonly id: string;
  readonly finding: string;
  readonly type: string;
  readonly kind: 'correct' | 'take_back';
  readonly resolution: string;
  /** How it ended; `open` while it hadn't. */
  readonly status: string;
  readonly amount: string;
  readonly asset: string;
  readonly reason: string;
  readonly proposedBy: string;
  readonly approvedBy: string | null;
  /** In the ledger, once it is booked. */
  readonly transactionId: string | null;
  readonly endReason: string | null;
}

/** What happened to findings since the last report. */
export interface Changes {
  readonly raised: BySeverity;
  readonly cameBack: number;
  readonly closedByPeople: number;
  readonly closedByThemselves: number;
}

export interface DailyContent extends ReportHead {
  readonly open: BySeverity;
  /** Of the report before; nothing where there is none. */
  readonly openBefore: BySeverity | null;
  readonly changes: Changes;
  readonly ageing: readonly Ageing[];
  readonly findings: readonly OpenFinding[];
  /** Findings that are open beyond those listed. */
  readonly notListed: number;
  /** Decided since the last report, or still open; reports of before have none. */
  readonly corrections?: readonly ReportedCorrection[];
  readonly flow: readonly DayFlow[];
  readonly moved: readonly MovedTotal[];
  readonly settled: readonly SettledTotal[];
  /** What people have explained of it; reports from before have none. */
  readonly explanations?: readonly Explanation[];
  /** What this report could not know: days that were not compared, reports that lack, jobs that are late. */
  readonly blind: readonly Blind[];
}

export type Blind =
  | NotCompared
  /** Compared, but the provider had given out no report of the day, though money moved. */
  | { readonly what: 'report'; readonly provider: string; readonly connection: string }
  | { readonly what: 'job'; readonly job: string; readonly lastSuccessAt: string | null };

/** No run has compared the day since it was over. */
export interface NotCompared {
  readonly what: 'connection';
  readonly provider: string;
  readonly connection: string;
  /** Null: never. Reports from before don't have it. */
  readonly lastComparedAt?: string | null;
  /** Why the last try failed, where it did. */
  readonly failure?: string | null;
}

/** Connections of which the day was not compared: nothing is said about them, good or bad. */
export const notCompared = ({ blind }: Pick<DailyContent, 'blind'>): readonly NotCompared[] =>
  blind.filter((each) => each.what === 'connection');

const rank = { HIGH: 0, MED: 1, LOW: 2 } as const;

/** The worst first, among equals the oldest: the order in which somebody should look. */
export const byUrgency = (one: OpenFinding, other: OpenFinding): number =>
  rank[one.severity] - rank[other.severity] ||
  one.since.localeCompare(other.since) ||
  one.id.localeCompare(other.id);

const DAY_MS = 86_400_000;

/** In which band something is that has been open since then. */
export function bandOf(since: string, asOf: string): AgeBand {
  const days = (Date.parse(asOf) - Date.parse(since)) / DAY_MS;
  return ageBands.find((band) => days < band.days)?.name ?? 'older';
}

export const none: BySeverity = { HIGH: 0, MED: 0, LOW: 0 };

export function countBySeverity(findings: readonly Pick<OpenFinding, 'severity'>[]): BySeverity {
  const counts = { ...none };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}

/** Every band, also the empty ones: a gap in a picture would look like an error of it. */
export function ageingOf(findings: readonly OpenFinding[], asOf: string): Ageing[] {
  return ageBands.map(({ name }) => ({
    band: name,
    ...countBySeverity(findings.filter(({ since }) => bandOf(since, asOf) === name)),
  }));
}
