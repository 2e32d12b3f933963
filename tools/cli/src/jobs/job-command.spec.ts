import { expect, it } from '@jest/globals';
import { reportsIn } from './job-command.js';

it('finds the reports that a job names, as far as the demo tenant’s key may read them', () => {
  const said = [
    'daily-report of 2026-11-26 for t_demo (job_1): done, 3 found',
    '  report: /api/v1/payments/reconciliation/reports/2026-11-26.html (version 2)',
    '  mail: /tmp/mail/a.eml',
    'daily-report of 2026-11-26 for t_other (job_2): done, 0 found',
    '  report: /api/v1/payments/reconciliation/reports/2026-11-26.html (version 1)',
    '',
  ].join('\n');
  expect(reportsIn(said, 't_demo')).toEqual(['/api/v1/payments/reconciliation/reports/2026-11-26.html']);
  expect(reportsIn(said, 't_none')).toEqual([]);
  expect(reportsIn('There is no job “x”.', 't_demo')).toEqual([]);
});
