import { jobNames, jobPlans } from './job-plans.js';
import type { JobRefusal } from './job-requests.js';
import type { JobRunRow } from './job-run.js';

/** What the command line says: sentences with what to do, for people who have never started a job. */
export const USAGE_TEXT = 'usage: job <name> [--date 2026-11-26] [--tenant-id <id>] [--again] [--json]';

/** How it is used, and which jobs there are. */
export const usageLines = (): string[] => [
  USAGE_TEXT,
  ...jobNames.map(
    (name) => `  ${name.padEnd(20)} ${jobPlans[name].does} (about ${aboutText[jobPlans[name].about]})`,
  ),
  '',
  'It is done for every tenant, or for the one that --tenant-id names; each line says for whom.',
  '--again repeats what was done for the date already; --json writes the runs for programs.',
  'Exit codes: 0 done, whatever was found; 1 it found what must not be (exemption-check); 2 it could not',
  'look; 64 wrong use; 75 it is under way elsewhere: ask again later.',
];

/** Which date it is about when `--date` doesn't say. */
const aboutText = { now: 'what is now', yesterday: 'yesterday', 'last-week': 'the last whole week' } as const;

export const unknownJob = (job: string): string =>
  `There is no job “${job}”. There are: ${jobNames.join(', ')}`;

export const notADate = (date: string): string =>
  `“${date}” is no date: write it as in --date 2026-11-26 (year, month, day)`;

export const tooManyNames = (names: readonly string[]): string =>
  `One job at a time, not ${names.length} (${names.join(', ')}): start one after the other`;

export const unknownTenant = (tenantId: string, tenants: readonly string[]): string =>
  `There is no tenant “${tenantId}”. There are: ${tenants.join(', ') || 'none'}`;

/** Why a job wasn't started, and what to do instead. */
export function refusalText(job: string, refusal: JobRefusal): string {
  switch (refusal.code) {
    case 'job-unknown':
      return unknownJob(job);
    case 'job-under-way':
      return (
        `${job} is under way for ${refusal.business_on} (${refusal.run_id}), one date at a time: start it ` +
        'again when that is done'
      );
    case 'job-looks-at-now':
      return `${job} looks at what is now, not at another date: leave --date out, or say ${refusal.today}`;
    case 'job-date-ahead':
      return (
        `This date has not come yet; today is ${refusal.today} where the tenant is: say that ` +
        'or an earlier one'
      );
    case 'job-week-not-over': {
      const { week, ends_on, today, latest } = refusal;
      return (
        `${job} is about whole weeks, and ${week} ends on ${ends_on} (today is ${today} where the tenant ` +
        `is): ask on the day after, or now for the week before with --date ${latest}`
      );
    }
  }
}

/** How a run ended, and what to do when it did badly. */
export function runLines(run: JobRunRow, mailDir: string | undefined): string[] {
  const what = `${run.job} of ${run.slot} for ${run.tenant_id} (${run.run_id})`;
  if (run.status === 'done')
    return [`${what}: done, ${String(run.found)} found`, ...placeLines(run, mailDir)];
  if (run.status === 'failed') return [`${what}: failed, ${failureText(run)}`];
  return [`${what}: ${run.status} since ${(run.started_at ?? run.requested_at).toISOString()}`];
}

const advice: Readonly<Record<string, string>> = {
  'could-not-look':
    'Start it again when what it names answers; until then nothing of that kind was raised or closed',
  'job-broke': 'This is a bug: the log line with the id of the run has the stack',
  'attempts-exhausted':
    'Eight processes died on it, mostly for want of memory: look at their ends, then start it with --again',
};

function failureText({ failure_code, failure_detail }: JobRunRow): string {
  const todo = advice[failure_code ?? ''];
  const text = failure_detail ?? failure_code ?? 'nobody knows why';
  return todo === undefined ? text : `${text}. ${todo}`;
}

const folders: Readonly<Record<string, string>> = {
  'daily-report': '',
  'settlement-report': 'settlement/',
  'slo-report': 'slo/',
  'capacity-report': 'capacity/',
};

/** Where what it made is to be read: on the API, and as a mail. */
function placeLines({ job, business_on, result }: JobRunRow, mailDir: string | undefined): string[] {
  const place = reportPath(job, business_on);
  if (place === undefined) return [];
  const version = result?.['version'];
  const mail = result?.['sentTo'];
  return [
    `  report: ${place}${typeof version === 'number' ? ` (version ${version})` : ''}`,
    ...(typeof mail === 'string' && mailDir !== undefined ? [`  mail: ${mailDir}/${mail}`] : []),
  ];
}

/** The page of what a job makes; nothing for those that make none. */
export function reportPath(job: string, businessOn: string): string | undefined {
  const base = '/api/v1/payments/reconciliation/reports';
  if (job === 'detect-stuck') return `${base}/stuck`;
  const folder = folders[job];
  return folder === undefined ? undefined : `${base}/${folder}${businessOn}.html`;
}
