import type { ReportHead } from '../report.js';

/** Counts of some time; null where nobody measured. They are computed from rates, so they have fractions. */
export interface Counted {
  readonly total: number | null;
  readonly bad: number | null;
}

/** An hour of the week. */
export interface SloHour extends Counted {
  /** Which share of it was measured, 0 to 1. */
  readonly measured: number;
}

/** A day of the zone's calendar. */
export interface SloDay extends SloHour {
  readonly on: string;
  /** Of the week's error budget; null where nothing is known. */
  readonly spent: number | null;
}

export interface WorstHour {
  readonly from: string;
  readonly total: number;
  readonly bad: number;
}

/** A time of which nothing is known. */
export interface Gap {
  readonly from: string;
  readonly until: string;
}

/**
 * `unknown`: nobody measured. `partial`: too little was measured to call it kept, and what was isn't missed.
 * `unused`: it was measured, and nothing happened.
 */
export type Verdict = 'kept' | 'missed' | 'partial' | 'unused' | 'unknown';

/** What became of an objective, or of its part of one service. */
export interface SloPart extends SloHour {
  /** The service; null where the objective has one part only. */
  readonly part: string | null;
  readonly verdict: Verdict;
  /** The share of good events; null where there were none, or none are known. Never 1 for want of data. */
  readonly attained: number | null;
  /** 1: all that the week allows. */
  readonly budgetSpent: number | null;
  readonly days: readonly SloDay[];
  /** From Monday's first one on. */
  readonly hours: readonly SloHour[];
  readonly worst: readonly WorstHour[];
  readonly gaps: readonly Gap[];
}

export interface SloOutcome {
  /** Of contracts/objectives.ts. */
  readonly name: string;
  readonly target: number;
  readonly parts: readonly SloPart[];
}

export interface SloContent extends ReportHead {
  /** Such as `2026-W48`. */
  readonly week: string;
  /** The end of Sunday. */
  readonly until: string;
  readonly objectives: readonly SloOutcome[];
}
