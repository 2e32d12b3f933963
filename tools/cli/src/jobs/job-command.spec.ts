import { expect, it } from '@jest/globals';
import { reportsIn } from './job-command.js';

it('finds the reports that a job names, each with its tenant', () => {
  const said = [
    'daily-report of 2026-11-26 for t_demo (job_1): done, 3 found',
    '  report: /api/v1/payments/reconciliation/reports/2026-11-26.html (version 2)',
    '  mail: /tmp/mail/a.eml',
    'daily-report of 2026-11-26 for t_broken (job_2): failed, payments gave no answer',
    'daily-report of 2026-11-26 for t_other (job_3): done, 0 found',
    '  report: /api/v1/payments/reconciliation/reports/2026-11-26.html (version 1)',
    '',
  ].join('\n');
  const path = '/api/v1/payments/reconciliation/reports/2026-11-26.html';
  expect(reportsIn(said)).toEqual([
    { tenantId: 't_demo', path },
    { tenantId: 't_other', path },
  ]);
  expect(reportsIn('There is no job “x”.\n  report: /nobody.html')).toEqual([]);
});
