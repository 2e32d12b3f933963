import { outboxCrashPoints } from '@defter/platform';
import { jobCrashPoints } from './jobs/job-crash-points.js';

/** Every place where a crash must change no result: on both sides of each step's commit, and in each step. */
export const crashPoints = [
  'run.after-claim',
  'ingest.after-file',
  'ingest.after-fetch',
  'ingest.after-store',
  'ingest.after-commit',
  'match.after-pass',
  'match.after-residue',
  'match.after-commit',
  'classify.after-page',
  'classify.after-tell',
  'classify.before-commit',
  'classify.after-commit',
  'file.after-part',
  'file.after-store',
  'file.after-commit',
  'proposal.before-commit',
  'proposal.after-approval',
  'correction.after-look',
  'correction.before-begin',
  'correction.after-begin',
  'correction.after-take',
  'correction.after-answer',
  'correction.before-record',
  'correction.after-record',
  ...jobCrashPoints,
  ...outboxCrashPoints,
] as const;

export type CrashPoint = (typeof crashPoints)[number];
