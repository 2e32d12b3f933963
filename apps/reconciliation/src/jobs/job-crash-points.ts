/** Where a job's process can be ended (`DEFTER_CRASH_POINT`). */
export const jobCrashPoints = [
  'job.after-take',
  'job.after-progress',
  'job.before-end',
  'job.after-end',
] as const;

export type JobCrashPoint = (typeof jobCrashPoints)[number];
