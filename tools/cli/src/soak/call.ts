/** What a client of the soak asks, and what it was answered. */
import type { ModelCommand } from '@defter/testing';

export type Mode = 'single' | 'atomic' | 'stop' | 'continue';

export interface Step {
  readonly command: ModelCommand;
  /** The key under which the ledger keeps it; undefined has none. */
  readonly key: string | undefined;
}

/** One request, before it is sent. */
export interface Plan {
  readonly mode: Mode;
  readonly dryRun: boolean;
  readonly steps: readonly Step[];
  /** The key of a bulk as a whole; its elements' keys are made from it. */
  readonly bulkKey: string | undefined;
}

/** The answer to one step. */
export interface Told {
  readonly ok: boolean;
  readonly code?: string;
  /** Members of a refusal. */
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly id?: number;
  readonly sequence?: number;
}

export interface Answer {
  readonly status: number;
  readonly told: readonly Told[];
  readonly hit: boolean;
  /** The body without what may differ between an answer and its repetition. */
  readonly digest: string;
}

/** A request that was sent, with what is known of its place among all others. */
export interface Call extends Plan {
  readonly number: number;
  /** Moments on one clock of the whole soak: sent for the first time, and answered. */
  readonly sentAt: number;
  /** The latest event that anyone had been told of when it was sent. */
  readonly after: number;
  answeredAt?: number;
  answer?: Answer;
}
