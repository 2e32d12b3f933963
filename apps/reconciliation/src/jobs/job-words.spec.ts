import { describe, expect, it } from '@jest/globals';
import type { JobRunRow } from './job-run.js';
import { refusalText, runLines, unknownTenant } from './job-words.js';

const run: JobRunRow = {
  ...{ tenant_id: 't_demo', run_id: 'job_1', job: 'daily-report', business_on: '2026-11-26' },
  ...{ slot: '2026-11-26', round: 1, status: 'done', requested_by: 'x', attempt: 1, lease_until: null },
  ...{ requested_at: new Date(0), started_at: null, finished_at: null, progress: {}, found: 3n },
  ...{ result: { version: 2, sentTo: 'a.eml' }, failure_code: null, failure_detail: null },
};

describe('a job on the command line', () => {
  it.each([
    [{ code: 'job-unknown' } as const, 'There is no job “daily”. There are: detect-stuck, verify-proofs, '],
    [
      { code: 'job-under-way', run_id: 'job_9', business_on: '2026-11-25' } as const,
      'daily is under way for 2026-11-25 (job_9), one date at a time: start it again when that is done',
    ],
    [
      { code: 'job-looks-at-now', today: '2026-11-27' } as const,
      'daily looks at what is now, not at another date: leave --date out, or say 2026-11-27',
    ],
    [
      { code: 'job-date-ahead', today: '2026-11-27' } as const,
      'This date has not come yet; today is 2026-11-27 where the tenant is: say that or an earlier one',
    ],
    [
      {
        code: 'job-week-not-over',
        ...{ week: '2026-W48', ends_on: '2026-11-29', today: '2026-11-27', latest: '2026-11-22' },
      } as const,
      'daily is about whole weeks, and 2026-W48 ends on 2026-11-29 (today is 2026-11-27 where the tenant ' +
        'is): ask on the day after, or now for the week before with --date 2026-11-22',
    ],
  ])('says in a sentence why it wasn’t started: %j', (refusal, text) => {
    expect(refusalText('daily', refusal)).toContain(text);
    expect(refusalText('daily', refusal)).not.toMatch(/job-[a-z]+-/);
  });

  it('names the tenants that there are', () =>
    expect(unknownTenant('x', ['t_demo', 't_two'])).toBe('There is no tenant “x”. There are: t_demo, t_two'));

  it('says where the report lies, and as which version', () => {
    expect(runLines(run, '/var/mail')).toEqual([
      'daily-report of 2026-11-26 for t_demo (job_1): done, 3 found',
      '  report: /api/v1/payments/reconciliation/reports/2026-11-26.html (version 2)',
      '  mail: /var/mail/a.eml',
    ]);
    expect(runLines({ ...run, job: 'settlement-report' }, undefined)[1]).toBe(
      '  report: /api/v1/payments/reconciliation/reports/settlement/2026-11-26.html (version 2)',
    );
    expect(runLines({ ...run, job: 'slo-report', business_on: '2026-11-22' }, undefined)[1]).toBe(
      '  report: /api/v1/payments/reconciliation/reports/slo/2026-11-22.html (version 2)',
    );
    expect(runLines({ ...run, job: 'verify-proofs' }, undefined)).toHaveLength(1);
  });

  it('says what to do about a failure', () => {
    const failed = { ...run, status: 'failed' as const, failure_code: 'could-not-look' };
    expect(runLines({ ...failed, failure_detail: 'payments gave no answer' }, undefined)).toEqual([
      'daily-report of 2026-11-26 for t_demo (job_1): failed, payments gave no answer. Start it again when ' +
        'what it names answers; until then nothing of that kind was raised or closed',
    ]);
  });
});
