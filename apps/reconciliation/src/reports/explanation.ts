/**
 * What people have explained of what matching could not: a correction that two people booked, or a finding
 * that somebody closed with a reason. It moves an amount from what is in doubt to what is explained, so that
 * the sum of both stays the same.
 */
import type { FindingStatus, FindingType } from '@defter/reconciliation-domain';

/** A finding as it was at an instant. Amounts are minor units as text. */
export interface FindingThen {
  readonly finding: string;
  readonly type: FindingType;
  readonly status: FindingStatus;
  /** How a person closed it, and who; null where nobody has. */
  readonly resolution: string | null;
  readonly by: string | null;
  /** Booked for it and not taken back, by which resolution and transaction. */
  readonly corrected: string;
  readonly correctedBy: string | null;
  readonly transactionId: string | null;
}

/** Something in doubt, and whatever findings tell of it. */
export interface Doubt {
  readonly what: 'line' | 'settlement' | 'booking';
  readonly on: string;
  readonly provider: string;
  readonly connection: string;
  /** The report, the settlement, or the booking. */
  readonly name: string;
  readonly currency: string;
  /** So much is in doubt; 0 for what differs in its currency. */
  readonly minor: string;
  /** Of a line: it is not with us at all. */
  readonly isUnmatched: boolean;
  readonly findings: readonly FindingThen[];
}

/** Whose word explains how much of a doubt. */
export interface Explanation extends Omit<Doubt, 'findings'> {
  readonly finding: string;
  readonly type: FindingType;
  /** A resolution, such as `post_adjustment` or `accepted_risk`. */
  readonly how: string;
  readonly by: string | null;
  readonly transactionId: string | null;
  /** Nothing of the doubt is left. */
  readonly isWhole: boolean;
}

const closedByPeople: ReadonlySet<FindingStatus> = new Set(['resolved', 'accepted_risk']);

/**
 * A finding that people closed explains all of its doubt, unless another finding about the same thing is
 * still open. A correction explains what was booked; more than the doubt itself was booked for something
 * else, and explains nothing.
 */
export function explanationOf({ findings, ...doubt }: Doubt): Explanation | undefined {
  const isOpen = findings.some(({ status }) => !closedByPeople.has(status) && status !== 'auto_resolved');
  const closed = isOpen ? undefined : findings.find(({ status }) => closedByPeople.has(status));
  const { minor } = doubt;
  if (closed !== undefined) {
    const { finding, type, resolution, by, transactionId } = closed;
    return { ...doubt, finding, type, how: resolution ?? closed.status, by, transactionId, isWhole: true };
  }
  const corrected = findings.find((each) => isWithin(BigInt(each.corrected), BigInt(minor)));
  if (corrected === undefined) return undefined;
  const { finding, type, correctedBy, transactionId, corrected: amount } = corrected;
  const how = correctedBy ?? 'post_adjustment';
  return { ...doubt, finding, type, how, by: null, transactionId, minor: amount, isWhole: amount === minor };
}

const isWithin = (amount: bigint, whole: bigint): boolean => amount > 0n && amount <= whole;

/** What reports say of lines in doubt. */
interface InDoubt {
  readonly provider: string;
  readonly connection: string;
  readonly currency: string;
  readonly unmatchedLines: number;
  readonly unmatchedMinor: string;
  readonly explainedMinor: string;
  readonly unexplainedLines?: number;
  readonly unexplainedMinor: string;
}

/** The figures with what people have explained; `isOf` says which explanations are about which figures. */
export function withExplanations<T extends InDoubt>(
  figures: T,
  explanations: readonly Explanation[],
  isOf: (figures: T, explanation: Explanation) => boolean = isOfConnection,
): T {
  const ours = explanations.filter((each) => each.what === 'line' && isOf(figures, each));
  const [missing, differing] = [ours.filter(isMissing), ours.filter((each) => !isMissing(each))];
  const less = (minor: string, part: readonly Explanation[]): string => `${BigInt(minor) - sumOf(part)}`;
  const { unexplainedLines } = figures;
  return {
    ...figures,
    unmatchedLines: figures.unmatchedLines - wholes(missing),
    unmatchedMinor: less(figures.unmatchedMinor, missing),
    explainedMinor: `${BigInt(figures.explainedMinor) + sumOf(ours)}`,
    ...(unexplainedLines !== undefined && { unexplainedLines: unexplainedLines - wholes(differing) }),
    unexplainedMinor: less(figures.unexplainedMinor, differing),
  };
}

const isMissing = ({ isUnmatched }: Explanation): boolean => isUnmatched;
const wholes = (explanations: readonly Explanation[]): number =>
  explanations.filter(({ isWhole }) => isWhole).length;

/** Minor units of explanations of one currency. */
export const sumOf = (explanations: readonly Explanation[]): bigint =>
  explanations.reduce((sum, { minor }) => sum + BigInt(minor), 0n);

const isOfConnection = (one: InDoubt, other: Explanation): boolean =>
  one.provider === other.provider && one.connection === other.connection && one.currency === other.currency;

/** Of a report: the same batch, too. */
export const isOfBatch = (
  batch: InDoubt & { readonly on: string; readonly batch: string },
  explanation: Explanation,
): boolean =>
  isOfConnection(batch, explanation) && batch.on === explanation.on && batch.batch === explanation.name;
