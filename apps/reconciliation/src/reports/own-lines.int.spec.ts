import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { jobLoop } from '../jobs/job-loop.js';
import { runExecution } from '../roles.js';
import { Stand } from '../testing/stand.js';
import type { DailyContent } from './daily-content.js';
import type { SettlementContent } from './settlement-content.js';

const ADYEN =
  'Psp Reference,Merchant Reference,Creation Date,TimeZone,Type,Gross Currency,Gross Debit (GC),' +
  'Gross Credit (GC),Exchange Rate,Net Currency,Net Debit (NC),Net Credit (NC),Commission (NC),Batch Number';
const DAY = '2026-02-09';

/** The provider keeps 20.00 EUR back, and settles 10.00 EUR of a sale that we don't have. */
let stand: Stand;
beforeAll(async () => {
  const providers = [...runExecution, jobLoop()];
  stand = await Stand.start({ roles: ['http', 'jobs'], env: { JOB_POLL: '20ms' }, providers });
  const rows = [
    ADYEN,
    `,,${DAY} 12:00:00,UTC,ReserveAdjustment,,,,,EUR,20.00,,,1`,
    `psp_1,op_other,${DAY} 12:00:00,UTC,Settled,EUR,,10.00,,EUR,,10.00,,1`,
  ];
  expect((await stand.handIn('adyen', 'adyen.csv', rows.join('\n'))).status).toBe(200);
  await stand.reconcile();
});
afterAll(() => stand.stop());

const made = async <C>(job: string, path: string): Promise<C> => {
  const asked = await stand.call('POST', `/jobs/${job}/runs`, { body: { date: DAY } });
  await eventually(async () => {
    const { body } = await stand.call('GET', `/jobs/${job}/runs/${String(asked.body['id'])}`);
    expect(body['status']).toBe('done');
  });
  return (await stand.call('GET', `/reports/${path}${DAY}`)).body['content'] as C;
};

describe('a line of the provider’s own, such as a reserve', () => {
  it('is none that was not found with us: only the sale is', async () => {
    const { batches } = await made<SettlementContent>('settlement-report', 'settlement/');
    expect(batches).toMatchObject([{ lines: 2, unmatchedLines: 1, unmatchedMinor: '1000' }]);
    const { settled } = await made<DailyContent>('daily-report', '');
    expect(settled).toMatchObject([{ lines: 2, unmatchedLines: 1, unmatchedMinor: '1000' }]);
  });
});
