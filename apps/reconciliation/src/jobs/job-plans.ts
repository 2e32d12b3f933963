/** What is known of a job without being able to do it. */
export interface JobPlan {
  /** In words, for people. */
  readonly does: string;
  /** When the chart starts it: cron, in the business zone. */
  readonly schedule: string;
  /** Of a job that runs more often than daily: how many minutes one run stands for. */
  readonly everyMinutes?: number;
  /**
   * Which date it is about when nobody says; `now`: it can't look at any other; `last-week`: it is about
   * whole weeks of ISO 8601, named by their Sunday, and any date of one stands for it.
   */
  readonly about: 'now' | 'yesterday' | 'last-week';
  /** Without a success for so long, somebody is told. */
  readonly lateAfterMinutes: number;
  /** What it finds must not be: the command ends with 1 instead of 0. */
  readonly failsWhenFound?: true;
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
  'slo-report': {
    does: 'Says which objectives of service were kept in a week, and what their error budgets were spent on',
    ...{ schedule: '0 8 * * 1', about: 'last-week', lateAfterMinutes: 8 * DAY_MINUTES },
  },
  'capacity-report': {
    does: 'Measures growth, pools and queues, and says how long they last',
    ...{ schedule: '10 8 * * 1', about: 'now', lateAfterMinutes: 8 * DAY_MINUTES },
  },
  'exemption-check': {
    does: 'Looks for exemptions from rules whose last date is over',
    ...{ schedule: '30 7 * * *', about: 'now', lateAfterMinutes: DAY_MINUTES + 120, failsWhenFound: true },
  },
} as const satisfies Record<string, JobPlan>;

export type JobName = keyof typeof jobPlans;

export const jobNames = Object.keys(jobPlans) as readonly JobName[];

/** The plan of that name, or nothing. */
export const findPlan = (name: string): JobPlan | undefined =>
  Object.hasOwn(jobPlans, name) ? jobPlans[name as JobName] : undefined;
