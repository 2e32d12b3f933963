import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { eventually } from '@defter/testing';
import { jobLoop } from '../jobs/job-loop.js';
import { corrections, runExecution } from '../roles.js';
import { CorrectionStand, openOf } from '../testing/correction-stand.js';
import type { DailyContent } from './daily-content.js';

jest.setTimeout(120_000);

let stand: CorrectionStand;
beforeAll(async () => {
  const providers = [...runExecution, ...corrections, jobLoop()];
  stand = await CorrectionStand.start(3, { roles: ['http', 'jobs'], env: { JOB_POLL: '20ms' }, providers });
  await stand.stand.reconcile();
});
afterAll(() => stand.stop());

const report = async (again: boolean): Promise<DailyContent> => {
  const body = { date: '2026-02-09', again };
  const { body: asked } = await stand.stand.call('POST', '/jobs/daily-report/runs', { body });
  await eventually(async () => {
    const { body: run } = await stand.stand.call('GET', `/jobs/daily-report/runs/${String(asked['id'])}`);
    expect(run).toMatchObject({ status: 'done' });
  });
  const { body: made } = await stand.stand.call('GET', '/reports/2026-02-09');
  return made['content'] as DailyContent;
};
const page = async (language: string): Promise<string> => {
  const reports = `${stand.stand.app.url}/api/v1/payments/reconciliation/reports`;
  const url = `${reports}/2026-02-09.html?lang=${language}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${stand.stand.tokens.one}` } });
  return answer.text();
};

it('the daily report says who proposed, who approved, and which transaction it is', async () => {
  expect((await report(false)).corrections).toEqual([]);
  expect(await page('en')).not.toContain('Corrections by two people');
  const { id } = await stand.approved(0);
  const booked = openOf(await stand.until(id, 'booked'));
  const { id: other } = await stand.findingOf(1);
  await stand.propose(other, { reason: 'waits for <Mehmet>' });
  stand.stand.clock.advance(60_000);
  const { corrections: told } = await report(true);
  const people = { proposedBy: 'k_ayse@test', approvedBy: 'k_mehmet@test' };
  expect(told).toMatchObject([
    { finding: id, status: 'booked', amount: '100', ...people, transactionId: booked.transaction_id },
    { finding: other, status: 'open', ...people, approvedBy: null, transactionId: null },
  ]);
  const english = await page('en');
  for (const text of ['Corrections by two people', 'k_mehmet@test', '1.00 TRY', 'waits for &lt;Mehmet&gt;'])
    expect(english).toContain(text);
  expect(english).toContain(`booked, transaction<br /><span class="what">${booked.transaction_id}</span>`);
  expect(await page('tr')).toContain('İki kişinin yaptığı düzeltmeler');
});
