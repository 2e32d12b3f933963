import type { Provider } from '@nestjs/common';
import { JobExecutor, JobParts } from './job-executor.js';
import { JobQueue } from './job-queue.js';
import { JobRequests } from './job-requests.js';
import { ReadJobs } from './job.read.js';
import type { Job } from './job.js';
import { JOBS } from './job.js';

/** Asking for jobs and reading about them; needs none of what jobs are made of. */
export const jobAsking: Provider[] = [JobRequests, ReadJobs];

/** Carrying out the jobs of these classes. */
export const jobExecution = (...classes: readonly (new (...parts: never[]) => Job)[]): Provider[] => [
  ...classes,
  { provide: JOBS, inject: [...classes], useFactory: (...jobs: Job[]) => jobs },
  ...[JobQueue, JobExecutor, JobParts],
];
