/** What is known of a job without being able to do it. */
export interface JobPlan {
  /** In words, for people. */
  readonly does: string;
  /** When the chart starts it: cron, in the business zone. */
  readonly schedule: string;
  /** Of a job that runs more often than daily: how many minutes one run stands for. */
  readonly everyMinutes?: number;
  /** Which date it is about when nobody says; `now`: it can't look at any other. */
  readonly about: 'now' | 'yesterday';
  /** Without a success for so long, somebody is told. */
  readonly lateAfterMinutes: number;
}

const DAY_MINUTES = 24 * 60;

/** Every job, in the order in which they are shown. */
export const jobPlans = {
  'detect-stuck': {
    does: 'Looks for payouts, operations, events and streams that no longer move',
    ...{ schedule: '*/5 * * * *', everyMinutes: 5, about: 'now', lateAfterMinutes: 20 },
  },
  'verify-proofs': {
    does: 'Has the ledger recompute every row, Merkle root and signature',
    ...{ schedule: '15 * * * *', everyMinutes: 60, about: 'now', lateAfterMinutes: 180 },
  },
  reconcile: {
    does: 'Runs reconciliation of the business date for every connection',
    ...{ schedule: '30 5 * * *', about: 'yesterday', lateAfterMinutes: DAY_MINUTES + 120 },
  },
  'daily-report': {
    does: 'Writes what happened, what is open and what to do',
    ...{ schedule: '0 6 * * *', about: 'yesterday', lateAfterMinutes: DAY_MINUTES + 120 },
  },
  'settlement-report': {
    does: 'Compares what each provider settled with our books, batch by batch',
    ...{ schedule: '0 7 * * *', about: 'yesterday', lateAfterMinutes: DAY_MINUTES + 120 },
  },
  'ledger-wallet-scan': {
    does: 'Adds up every account from its events and compares it with its balance',
    ...{ schedule: '0 3 * * 0', about: 'now', lateAfterMinutes: 8 * DAY_MINUTES },
  },
  'capacity-report': {
    does: 'Measures growth, pools and queues, and says how long they last',
    ...{ schedule: '10 8 * * 1', about: 'now', lateAfterMinutes: 8 * DAY_MINUTES },
  },
} as const satisfies Record<string, JobPlan>;

export type JobName = keyof typeof jobPlans;

export const jobNames = Object.keys(jobPlans) as readonly JobName[];

/** The plan of that name, or nothing. */
export const findPlan = (name: string): JobPlan | undefined =>
  Object.hasOwn(jobPlans, name) ? jobPlans[name as JobName] : undefined;
