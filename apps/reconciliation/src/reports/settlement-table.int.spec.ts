import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { jobLoop } from '../jobs/job-loop.js';
import { runExecution } from '../roles.js';
import { statementXml } from '../testing/bank.js';
import { Book, settlementText } from '../testing/book.js';
import { Stand } from '../testing/stand.js';
import type { StoredReport } from './report.js';
import type { SettlementContent } from './settlement-content.js';

/**
 * Given these lines, operations, bookings of ours and of the bank, exactly this table. Everything in it was
 * added up by hand, in lira:
 *
 * | 31 January         | line, fee   | with us, fee |                                  |
 * | sale 1             | 100.00 2.50 | 100.00 2.50  | the same                         |
 * | sale 2             | 199.00 5.00 | 200.00 5.00  | 1.00 too little: unexplained     |
 * | sale 3             | 48.75 1.25  | 50.00 1.25   | less its fee: 1.25 explained     |
 * | sale 4             | 30.00 0.75  |              | not with us                      |
 * | payout 5           | −40.00      | −40.00       | the same                         |
 * | 9 February, sale 6 | 10.00 0.25  | 10.00 0.25   | the same                         |
 *
 * The bank: 328.25 for January's lines on 2 February, and 7.00 that nobody knows. Our books: 300.00.
 */
let stand: Stand;
beforeAll(async () => {
  const providers = [...runExecution, jobLoop()];
  stand = await Stand.start({ roles: ['http', 'jobs'], env: { JOB_POLL: '20ms' }, providers });
  const book = new Book('t');
  const sale = (index: number, amountMinor: string, feeMinor: string, on = '2026-01-31') =>
    book.add(index, { amountMinor, feeMinor, occurredAt: `${on}T10:00:00Z` });
  sale(1, '10000', '250');
  sale(2, '20000', '500');
  sale(3, '5000', '125');
  const unknown = sale(4, '3000', '75');
  book.add(5, { kind: 'payout', amountMinor: '4000' });
  sale(6, '1000', '25', '2026-02-09');
  const [, second, third] = book.lines;
  if (second === undefined || third === undefined) throw new Error('no lines');
  second.gross = 19_900n;
  third.gross = 4_875n;
  book.operations.delete(unknown.operationId);
  stand.shelf.put('2026-01-31', settlementText('2026-01-31', book.lines.slice(0, 5)));
  stand.shelf.put('2026-02-09', settlementText('2026-02-09', book.lines.slice(5)));
  await stand.know(book.events(), [...book.ledger, arrived('30000', 900)]);
  const bookings = [
    { amount: 32_825n, on: '2026-02-02', text: 'SETTLEMENT 2026-01-31' },
    { amount: 700n, on: '2026-02-03', text: 'REFUND OF A FEE' },
  ];
  expect((await stand.handIn('camt053', 'february.xml', statementXml('S1', bookings))).status).toBe(200);
  await stand.reconcile();
  const asked = await stand.call('POST', '/jobs/settlement-report/runs', { body: { date: '2026-02-09' } });
  await eventually(async () => {
    const { body } = await stand.call('GET', `/jobs/settlement-report/runs/${String(asked.body['id'])}`);
    expect(body).toMatchObject({ status: 'done', found: '3' });
  });
});
afterAll(() => stand.stop());

/** A transfer from the provider to the bank, as our books have it. */
function arrived(amount: string, sequence: number) {
  const [source, destination] = ['psp:c_one:receivable', 'bank:c_one'];
  const timestamp = '2026-02-02T08:00:00Z';
  const transaction = {
    ...{ id: sequence, status: 'posted' as const, timestamp, metadata: {} },
    postings: [{ source, destination, amount, asset: 'TRY/2' }],
  };
  const common = { ledger: 'main', sequence, recordedAt: timestamp, balances: [] };
  return { ...common, type: 'TransactionCreated' as const, data: { transaction } };
}

const whose = { provider: 'mock-psp', connection: 'c_one' };

describe('a settlement report', () => {
  it('is exactly this table, as JSON', async () => {
    const { content } = (await stand.call('GET', '/reports/settlement/2026-02-09'))
      .body as unknown as StoredReport<SettlementContent>;
    expect(content).toMatchObject({ from: '2026-01-11', businessOn: '2026-02-09' });
    expect(content.batches).toEqual([
      {
        ...{ on: '2026-02-09', ...whose, batch: 'settlement-2026-02-09', currency: 'TRY', lines: 1 },
        ...{ inMinor: '1000', outMinor: '0', feeMinor: '25', netMinor: '975', oursMinor: '975' },
        ...{ unmatchedLines: 0, unmatchedMinor: '0', explainedMinor: '0' },
        ...{ unexplainedLines: 0, unexplainedMinor: '0' },
      },
      {
        ...{ on: '2026-01-31', ...whose, batch: 'settlement-2026-01-31', currency: 'TRY', lines: 5 },
        ...{ inMinor: '37775', outMinor: '4000', feeMinor: '950', netMinor: '32825', oursMinor: '30125' },
        ...{ unmatchedLines: 1, unmatchedMinor: '3000', explainedMinor: '125' },
        ...{ unexplainedLines: 1, unexplainedMinor: '100' },
      },
    ]);
    expect(content.payments).toEqual([
      {
        ...{ on: '2026-02-09', ...whose, settlement: '2026-02-09', currency: 'TRY', lines: 1 },
        ...{ netMinor: '975', paidMinor: '0', bookings: 0, paidOn: null, state: 'on-its-way' },
      },
      {
        ...{ on: '2026-01-31', ...whose, settlement: '2026-01-31', currency: 'TRY', lines: 5 },
        ...{ netMinor: '32825', paidMinor: '32825', bookings: 1, paidOn: '2026-02-02', state: 'paid' },
      },
    ]);
    expect(content.bank).toEqual([
      {
        ...{ ...whose, currency: 'TRY', netMinor: '33800' },
        ...{ arrivedMinor: '30000', transfers: 1, toComeMinor: '3800' },
        ...{ statementMinor: '33525', bookings: 2, notBookedMinor: '3525' },
        ...{ explainedMinor: '975', unexplainedMinor: '700' },
      },
    ]);
  });

  it('is exactly this table, as CSV', async () => {
    const url = `${stand.app.url}/api/v1/payments/reconciliation/reports/settlement/2026-02-09.csv`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${stand.tokens.one}` } });
    expect((await answer.text()).replace('\uFEFF', '').split('\r\n')).toEqual([
      'row,business_on,provider,connection_id,name,currency,lines,in_minor,out_minor,fee_minor,net_minor,' +
        'ours_minor,unmatched_lines,unmatched_minor,explained_minor,unexplained_lines,unexplained_minor,' +
        'booked_minor,statement_minor,bookings,state,finding_id,transaction_id',
      'report,2026-02-09,mock-psp,c_one,settlement-2026-02-09,TRY,1,1000,0,25,975,975,0,0,0,0,0,,,,,,',
      'report,2026-01-31,mock-psp,c_one,settlement-2026-01-31,TRY,5,37775,4000,950,32825,30125,1,3000,125,' +
        '1,100,,,,,,',
      'settlement,2026-02-09,mock-psp,c_one,2026-02-09,TRY,1,,,,975,,,,,,,,0,0,on-its-way,,',
      'settlement,2026-01-31,mock-psp,c_one,2026-01-31,TRY,5,,,,32825,,,,,,,,32825,1,paid,,',
      'account,2026-02-09,mock-psp,c_one,c_one,TRY,,,,,33800,,,,975,,700,30000,33525,2,,,',
      '',
    ]);
  });
});
