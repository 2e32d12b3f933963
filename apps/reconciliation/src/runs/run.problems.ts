import type { Problem } from '@defter/platform';
import type { RunRefusal } from './run-requests.js';

export const runProblems = {
  'provider-unknown': { status: 404, title: 'No reports are read from this provider' },
  'connection-unknown': { status: 404, title: 'There is no such connection' },
  'as-of-ahead': { status: 422, title: 'as_of is still to come; leave it out to look as of now' },
} satisfies Record<RunRefusal['code'], Problem>;
