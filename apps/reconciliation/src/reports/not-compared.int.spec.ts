import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { jobLoop } from '../jobs/job-loop.js';
import { runExecution } from '../roles.js';
import { Book, settlementText } from '../testing/book.js';
import { Stand } from '../testing/stand.js';
import type { DailyContent } from './daily-content.js';
import type { StoredReport } from './report.js';

const HOUR_MS = 3_600_000;
const whose = { provider: 'mock-psp', connection: 'c_one' };
const book = new Book('c');
let stand: Stand;

beforeAll(async () => {
  const providers = [...runExecution, jobLoop()];
  stand = await Stand.start({ roles: ['http', 'jobs'], env: { JOB_POLL: '20ms' }, providers });
  book.add(1, { occurredAt: '2026-02-10T08:00:00Z' });
  await stand.know(book.events(), book.ledger);
});
afterAll(() => stand.stop());

/** The report of 10 February, made now, and its page. */
async function made(): Promise<{ blind: DailyContent['blind']; page: string }> {
  const body = { date: '2026-02-10', again: true };
  const asked = await stand.call('POST', '/jobs/daily-report/runs', { body });
  await eventually(async () => {
    const run = await stand.call('GET', `/jobs/daily-report/runs/${String(asked.body['id'])}`);
    expect(run.body['status']).toBe('done');
  });
  const report = (await stand.call('GET', '/reports/2026-02-10'))
    .body as unknown as StoredReport<DailyContent>;
  const url = `${stand.app.url}/api/v1/payments/reconciliation/reports/2026-02-10.html`;
  const page = await fetch(url, { headers: { authorization: `Bearer ${stand.tokens.one}` } });
  return { blind: report.content.blind, page: await page.text() };
}

it('a day is compared only by a run that came after its end, with the provider’s report of it', async () => {
  // 10 February, 12:00 in Istanbul: the day goes on.
  const during = stand.clock.now().toISOString();
  expect(await stand.reconcile({})).toMatchObject({ status: 'completed' });
  const compared = { what: 'connection', ...whose, lastComparedAt: during, failure: null };
  expect((await made()).blind).toEqual([compared]);

  stand.clock.advance(18 * HOUR_MS);
  const nextMorning = await made();
  expect(nextMorning.blind).toEqual([compared]);
  expect(nextMorning.page).not.toContain('lead good');
  expect(nextMorning.page).toContain('One connection was NOT compared for this day');

  stand.shelf.put('2026-02-10', 'settlement,1,c_one');
  expect(await stand.reconcile({})).toMatchObject({ status: 'failed' });
  expect((await made()).blind).toEqual([{ ...compared, failure: 'report-unreadable' }]);

  stand.shelf.files.clear();
  stand.clock.advance(HOUR_MS);
  expect(await stand.reconcile({})).toMatchObject({ status: 'completed' });
  const withoutReport = await made();
  expect(withoutReport.blind).toEqual([{ what: 'report', ...whose }]);
  expect(withoutReport.page).not.toContain('lead good');

  stand.clock.advance(HOUR_MS);
  stand.shelf.put('2026-02-10', settlementText('2026-02-10', book.lines));
  expect(await stand.reconcile({})).toMatchObject({ status: 'completed', counts: { findings: 0 } });
  const all = await made();
  expect(all.blind).toEqual([]);
  expect(all.page).toContain('lead good');
  expect(all.page).toContain('Everything is all right: all connections were compared, and nothing is open.');
});
