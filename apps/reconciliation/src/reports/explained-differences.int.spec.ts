import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '@defter/testing';
import { jobLoop } from '../jobs/job-loop.js';
import { corrections, runExecution } from '../roles.js';
import { statementXml } from '../testing/bank.js';
import { settlementText } from '../testing/book.js';
import { adjustment, CorrectionStand, openOf } from '../testing/correction-stand.js';
import type { DailyContent } from './daily-content.js';
import type { StoredReport } from './report.js';
import type { SettlementContent } from './settlement-content.js';
import { UnexplainedMetrics } from './unexplained-metrics.js';

jest.setTimeout(120_000);

const DAY = '2026-02-09';

/**
 * Seven lines of one batch, by the movement's number; minor units:
 *
 * | 0 | 100 too much | two people correct all of it         | explained 100              |
 * | 1 | 100 too much | they correct 60 of it                | explained 60, 40 is left   |
 * | 2 | 100 too much | accepted                             | explained 100              |
 * | 3 | 100 too much | nobody has looked                    | 100 is left                |
 * | 4 | 100 too much | corrected, and taken back            | 100 is left                |
 * | 5 | not with us  | accepted: 10,035                     | explained 10,035           |
 * | 6 | not with us  | nobody has looked: 10,042            | 10,042 is left             |
 *
 * At the bank: 7.00 that nobody knows, accepted; and 3.00 that nobody knows.
 */
let stand: CorrectionStand;
beforeAll(async () => {
  const providers = [...runExecution, ...corrections, jobLoop(), UnexplainedMetrics];
  stand = await CorrectionStand.start(5, { roles: ['http', 'jobs'], env: { JOB_POLL: '20ms' }, providers });
  const { shelf, handIn } = stand.stand;
  for (const index of [5, 6]) stand.book.add(index);
  shelf.files.clear();
  shelf.put(DAY, settlementText(DAY, stand.book.lines));
  const bookings = [700n, 300n].map((amount) => ({ amount, on: '2026-02-01', text: `STRANGER ${amount}` }));
  const statement = statementXml('S1', bookings);
  expect((await handIn.call(stand.stand, 'camt053', 'february.xml', statement)).status).toBe(200);
  // Long after, so that no lag excuses what is missing.
  await stand.stand.reconcile({ as_of: '2026-02-10T08:00:00Z' });
});
afterAll(() => stand.stop());

const report = async <C>(job: string, path: string): Promise<C> => {
  const body = { date: DAY, again: true };
  const { body: asked } = await stand.stand.call('POST', `/jobs/${job}/runs`, { body });
  await eventually(async () => {
    const { body: run } = await stand.stand.call('GET', `/jobs/${job}/runs/${String(asked['id'])}`);
    expect(run).toMatchObject({ status: 'done' });
  });
  const { body: made } = await stand.stand.call('GET', `/reports/${path}${DAY}`);
  return (made as unknown as StoredReport & { content: C }).content;
};
const settlement = () => report<SettlementContent>('settlement-report', 'settlement/');
const daily = () => report<DailyContent>('daily-report', '');
const text = async (place: string): Promise<string> => {
  const url = `${stand.stand.app.url}/api/v1/payments/reconciliation/reports/${place}`;
  return (await fetch(url, { headers: { authorization: `Bearer ${stand.stand.tokens.one}` } })).text();
};
const figures = ({ batches: [batch] }: SettlementContent) => {
  if (batch === undefined) throw new Error('no batch');
  const { unmatchedLines, unmatchedMinor, explainedMinor, unexplainedLines, unexplainedMinor } = batch;
  return { unmatchedLines, unmatchedMinor, explainedMinor, unexplainedLines, unexplainedMinor };
};
const sum = ({ unmatchedMinor, explainedMinor, unexplainedMinor }: ReturnType<typeof figures>): bigint =>
  BigInt(unmatchedMinor) + BigInt(explainedMinor) + BigInt(unexplainedMinor);

const accept = async (id: string): Promise<void> => {
  const body = { resolution: 'accepted_risk', note: 'small' };
  const { status, body: said } = await stand.post(`${id}/resolve`, body, { as: stand.stand.tokens.ayse });
  expect({ status, said }).toMatchObject({ status: 200 });
};
const missing = async (index: number): Promise<string> => {
  const found = await stand.stand.findings('&type=missing_in_ledger');
  const id = found.find(({ tx_id }) => tx_id === `op_c_${index}`)?.id;
  if (id === undefined) throw new Error(JSON.stringify(found));
  return id;
};

describe('a difference that people have explained', () => {
  let before: ReturnType<typeof figures>;
  const named: Record<string, string> = {};

  it('is in doubt before they have', async () => {
    before = figures(await settlement());
    expect(before).toEqual({
      ...{ unmatchedLines: 2, unmatchedMinor: '20077', explainedMinor: '0' },
      ...{ unexplainedLines: 5, unexplainedMinor: '500' },
    });
  });

  it('counts as explained, by name; the rest stays in doubt, and the sum is the same', async () => {
    const whole = await stand.approved(0);
    const part = await stand.approved(1, adjustment(1, 60).entries);
    const back = await stand.approved(4);
    for (const { id } of [whole, part, back]) await stand.until(id, 'booked');
    const reason = 'It was right all the same';
    await stand.post(`${back.id}/reopen`, { reason }, { as: stand.stand.tokens.ayse });
    // Open again, but what was booked stands.
    expect(figures(await settlement())).toMatchObject({ explainedMinor: '260', unexplainedLines: 3 });
    const proposal = openOf(await stand.get(back.id));
    const taken = await stand.post(
      `${back.id}/proposals/${proposal.id}/take-back`,
      { reason },
      { as: stand.stand.tokens.ayse },
    );
    expect(taken.status).toBeLessThan(300);
    const takenBack = openOf(await stand.get(back.id));
    expect(takenBack).toMatchObject({ kind: 'take_back' });
    await stand.approve(takenBack);
    await stand.until(back.id, 'booked');
    const { id: accepted } = await stand.findingOf(2);
    await accept(accepted);
    await accept(await missing(5));
    const bookings = await stand.stand.findings('&type=bank_deposit_unmatched');
    const seven = bookings.find(({ message }) => message.includes('7.00'));
    await accept(seven?.id ?? '');
    Object.assign(named, {
      whole: whole.id,
      part: part.id,
      accepted,
      line: await missing(5),
      bank: seven?.id,
    });

    const content = await settlement();
    const after = figures(content);
    expect(after).toEqual({
      ...{ unmatchedLines: 1, unmatchedMinor: '10042', explainedMinor: '10295' },
      ...{ unexplainedLines: 3, unexplainedMinor: '240' },
    });
    expect(sum(after)).toBe(sum(before));
    // The batch itself, 688.96, is on its way.
    expect(content.bank).toMatchObject([{ explainedMinor: '69596', unexplainedMinor: '300' }]);
    const told = (content.explanations ?? []).map((each) => [
      each.finding,
      each.how,
      each.minor,
      each.isWhole,
    ]);
    expect(told.sort()).toEqual(
      [
        [named['whole'], 'post_adjustment', '100', true],
        [named['part'], 'post_adjustment', '60', false],
        [named['accepted'], 'accepted_risk', '100', true],
        [named['line'], 'accepted_risk', '10035', true],
        [named['bank'], 'accepted_risk', '700', true],
      ].sort(),
    );
  });

  it('stands with its name on the page and in the table', async () => {
    const page = await text(`settlement/${DAY}.html?lang=en`);
    for (const id of Object.values(named)) expect(page).toContain(id);
    expect(page).toContain('corrected by two people: adjustment');
    expect(page).toContain('a part; the rest is open');
    const rows = (await text(`settlement/${DAY}.csv`))
      .split('\r\n')
      .filter((row) => row.startsWith('explained,'));
    expect(rows).toHaveLength(5);
    const { transaction_id } = openOf(await stand.get(named['whole'] ?? ''));
    expect(rows.join()).toContain(`post_adjustment,${named['whole']},${String(transaction_id)}`);
    expect(await text(`settlement/${DAY}.html?lang=tr`)).toContain('iki kişi düzeltti: düzeltme kaydı');
  });

  it('is the same in the daily report of the same day, and in the gauge', async () => {
    const { settled, explanations } = await daily();
    expect(settled).toMatchObject([
      { unmatchedLines: 1, unmatchedMinor: '10042', explainedMinor: '10295', unexplainedMinor: '240' },
    ]);
    expect((explanations ?? []).map(({ finding }) => finding).sort()).toEqual(
      ['whole', 'part', 'accepted', 'line'].map((name) => named[name]).sort(),
    );
    expect(await text(`${DAY}.html?lang=en`)).toContain(named['part']);
    const [head = '', ...rows] = (await text(`${DAY}.csv`)).split('\r\n');
    const columns = head.replace('\uFEFF', '').split(',');
    const explained = rows.map((row) => row.split(',')).filter((row) => row.includes('explained'));
    const cells = explained.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])));
    expect(cells).toHaveLength(4);
    const { transaction_id } = openOf(await stand.get(named['part'] ?? ''));
    expect(cells.find(({ id }) => id === named['part'])).toMatchObject({
      ...{ row: 'explained', business_on: DAY, finding_type: 'amount_mismatch', connection_id: 'c_one' },
      // Whoever adds up what is open must not add what is explained.
      ...{ status: '', amount_minor: '', currency: 'TRY', explained_minor: '60', is_whole: 'false' },
      ...{ explained_how: 'post_adjustment', transaction_id: String(transaction_id) },
    });
    const metrics = await fetch(`${stand.stand.app.managementUrl}/metrics`).then((answer) => answer.text());
    const gauges = [...metrics.matchAll(/unexplained_difference_minor\{([^}]*)\} (\d+)/g)];
    const at = (where: string): string | undefined =>
      gauges.find(([, labels = '']) => labels.includes(`at="${where}"`) && labels.includes('"TRY"'))?.[2];
    expect([at('differs'), at('unmatched'), at('bank')]).toEqual(['240', '10042', '300']);
  });

  it('is in doubt again once somebody opens the finding again', async () => {
    const body = { reason: 'not so small' };
    const as = stand.stand.tokens.ayse;
    expect((await stand.post(`${named['accepted']}/reopen`, body, { as })).status).toBe(200);
    expect(figures(await settlement())).toMatchObject({ unexplainedLines: 4, unexplainedMinor: '340' });
  });
});
