/**
 * A run's life: queued → ingesting → matching → classifying → completed, or failed from any of them.
 * A step is one transaction that also moves the run on; so a crash repeats a step and never a result.
 */
export const runStatuses = ['queued', 'ingesting', 'matching', 'classifying', 'completed', 'failed'] as const;
export type RunStatus = (typeof runStatuses)[number];

/** Statuses in which a worker has something to do. */
export const activeRunStatuses = ['queued', 'ingesting', 'matching', 'classifying'] as const;
export type ActiveRunStatus = (typeof activeRunStatuses)[number];

const following: Readonly<Record<ActiveRunStatus, RunStatus>> = {
  queued: 'ingesting',
  ingesting: 'matching',
  matching: 'classifying',
  classifying: 'completed',
};

/** Where a run goes when the step of its present status is done. */
export const nextRunStatus = (status: ActiveRunStatus): RunStatus => following[status];

export const isActiveRun = (status: RunStatus): status is ActiveRunStatus => Object.hasOwn(following, status);

/** Starts after which a run that never gets through is given up: it would take its worker down for ever. */
export const maxRunAttempts = 8;
