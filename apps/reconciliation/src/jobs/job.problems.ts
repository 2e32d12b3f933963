import type { Problem } from '@defter/platform';
import type { JobRefusal } from './job-requests.js';

export const jobProblems = {
  'job-unknown': { status: 404, title: 'There is no such job' },
  'job-under-way': { status: 409, title: 'The job is under way for another date' },
  'job-looks-at-now': { status: 422, title: 'This job looks at what is now, not at another date' },
  'job-date-ahead': { status: 422, title: 'The date has not come yet' },
  'job-week-not-over': { status: 422, title: 'The week is not over yet' },
} satisfies Record<JobRefusal['code'], Problem>;
