/** A run of a job. `found` is how many things a person should know of, as text. */
export interface JobRunView {
  readonly id: string;
  readonly job: string;
  readonly business_on: string;
  /** What makes it once: the date, or the beginning of the minutes it stands for. */
  readonly slot: string;
  /** 1; each repetition for the same slot takes the next. */
  readonly round: number;
  readonly status: 'queued' | 'running' | 'done' | 'failed';
  readonly requested_by: string;
  readonly requested_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly attempt: number;
  readonly progress: unknown;
  readonly found: string | null;
  readonly result: unknown;
  readonly failure: { readonly code: string; readonly detail: string } | null;
}

export interface JobRunPage {
  readonly data: readonly JobRunView[];
  readonly next?: string;
}

/** A job, its newest run, and whether it has been without a success for too long. */
export interface JobView {
  readonly name: string;
  readonly does: string;
  /** Cron, in the business zone. */
  readonly schedule: string;
  readonly late_after_seconds: number;
  readonly last_success_at: string | null;
  readonly last_success_age_seconds: number | null;
  readonly is_late: boolean;
  readonly last_run: JobRunView | null;
}
