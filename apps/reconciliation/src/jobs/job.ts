import type { Transaction } from '@defter/platform';
import type { JobTenant } from '../tenants.js';

/** What a job came back with. */
export interface JobResult {
  /** How many things a person should know of; 0 is good news. */
  readonly found: number;
  /** Figures and facts that stay with the run. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** What it could not look at; anything here makes the run a failed one, whatever else was seen. */
  readonly unseen?: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/** A run in the hands of this process, as the job sees it. */
export interface RunningJob {
  readonly tenant: JobTenant;
  readonly runId: string;
  readonly businessOn: string;
  /** What an earlier start has saved; empty at the first. */
  readonly progress: Fields;
  /** Writes a line that carries the run's id. */
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  /** Saves how far it is: a later start begins here. @throws JobStopped, JobTakenOver */
  save(progress: Fields): Promise<void>;
  /**
   * Writes an effect, and the progress with it where that is given, only as long as the run is this
   * process's. @throws JobStopped after the commit, JobTakenOver instead of it
   */
  write<T>(work: (tx: Transaction) => Promise<T>, progress?: Fields): Promise<T>;
}

/**
 * Work that is done once per business date, or once per so many minutes, for one tenant. It must be
 * repeatable: a process may die anywhere, and the next one begins at the progress that was saved last.
 */
export interface Job {
  /** A name of job-plans.ts. */
  readonly name: string;
  run(job: RunningJob): Promise<JobResult>;
}

/** Injection token of all jobs there are. */
export const JOBS = Symbol('JOBS');

/** A dependency didn't answer: the run fails, and says what it couldn't see. */
export class CouldNotLook extends Error {}

/** The process is going down; the next one goes on. */
export class JobStopped extends Error {}

/** Another process has the run now: this one ends without a trace. */
export class JobTakenOver extends Error {}
