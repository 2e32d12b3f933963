import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Database } from '@defter/platform';
import type { FindingView } from '@defter/reconciliation-contracts';
import { storeFile } from '../report-store.js';
import { statementXml } from '../testing/bank.js';
import { Stand } from '../testing/stand.js';

const columns = { amount: 'amount', time: 'time', currency: 'TRY', fee: 'fee', reference: 'ref' };
const mapping = { decimal_mark: 'point', zone: 'Europe/Istanbul', ...columns };
const file = (...rows: readonly string[]): string => ['amount,time,fee,ref,cost', ...rows].join('\n');
const row = (amount: string, on = '2026-01-31'): string => `${amount},${on} 12:00:00,1.00,r1,2.00`;
const [first, corrected] = [file(row('100.00')), file(row('99.00'), row('5.00'))];

let stand: Stand;
beforeEach(async () => {
  stand = await Stand.start();
  await keep(mapping);
});
afterEach(() => stand.stop());

async function keep(rule: object): Promise<void> {
  const headers = { authorization: `Bearer ${stand.tokens.one}`, 'content-type': 'application/json' };
  const url = `${stand.app.url}/api/v1/payments/reconciliation/connections/mock-psp/c_one/rule`;
  const answer = await fetch(url, { method: 'PUT', headers, body: JSON.stringify({ mapping: rule }) });
  expect(answer.status).toBe(204);
}
const hand = async (name: string, content: string, more: Record<string, string> = {}) =>
  (await stand.handIn('mapped', name, content, more)).body;
/** What counts: per report its amounts. */
async function counting(): Promise<Record<string, string>> {
  const rows = await stand.database.database.query<{ report_ref: string; amounts: string }>(`
    select f.report_ref, string_agg(l.amount || '-' || l.fee, ' ' order by l.line_number) as amounts
      from report_file f join report_line l on l.tenant_id = f.tenant_id and l.file_id = f.file_id
     where f.superseded_by is null group by f.report_ref order by 1`);
  return Object.fromEntries(rows.map(({ report_ref, amounts }) => [report_ref, amounts]));
}
const reissues = (): Promise<FindingView[]> => stand.findings('&status=open&type=report_reissued');
const once = { 'file:day.csv': '10000-100' };
const twice = { 'file:day.csv': '9900-100 500-100' };

describe('a file', () => {
  it('and its correction, and the first one again: the last one counts, repeats add nothing', async () => {
    for (const [content, outcome, lines, counts] of [
      [first, 'new', 1, once],
      [first, 'known', 0, once],
      [corrected, 'reissued', 2, twice],
      [corrected, 'known', 0, twice],
      [first, 'reissued', 1, once],
      [first, 'known', 0, once],
      [corrected, 'reissued', 2, twice],
    ] as const) {
      expect(await hand('day.csv', content)).toMatchObject({ outcome, lines });
      expect(await counting()).toEqual(counts);
    }
    // Lines are kept once per version, however often it came.
    expect((await stand.sizes())['report_line']).toBe(3);
  });

  it('that was replaced counts again under another name, beside its correction', async () => {
    await hand('day.csv', first);
    await hand('day.csv', corrected);
    expect(await hand('other.csv', first)).toMatchObject({ outcome: 'new', lines: 1 });
    expect(await counting()).toEqual({ ...twice, 'file:other.csv': '10000-100' });
    expect(await hand('day.csv', first)).toMatchObject({
      outcome: 'known',
      reports: [{ name: 'day.csv', outcome: 'known', known_as: 'other.csv' }],
    });
  });

  it('under another name is the same file, as long as it counts', async () => {
    await hand('day.csv', first);
    expect(await hand('copy.csv', first)).toMatchObject({
      ...{ outcome: 'known', lines: 0 },
      reports: [{ name: 'copy.csv', outcome: 'known', lines: 0, known_as: 'day.csv' }],
    });
    expect(await counting()).toEqual(once);
  });

  it('is another one where its mapping was corrected: the same bytes, read anew', async () => {
    await hand('day.csv', first);
    await keep({ ...mapping, fee: 'cost' });
    expect(await hand('day.csv', first)).toMatchObject({ outcome: 'reissued', lines: 1 });
    expect(await counting()).toEqual({ 'file:day.csv': '10000-200' });
    await keep(mapping);
    expect(await hand('day.csv', first)).toMatchObject({ outcome: 'reissued', lines: 1 });
    expect(await counting()).toEqual(once);
  });

  it('of other dates doesn’t replace the one of its name, unless somebody says so', async () => {
    await hand('report.csv', file(row('1.00', '2026-01-01'), row('2.00', '2026-01-31')));
    const february = file(row('3.00', '2026-02-01'));
    const refused = await stand.handIn('mapped', 'report.csv', february);
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'file-name-taken', faults: [{ line: 0 }] },
    });
    expect(JSON.stringify(refused.body)).toContain('about 2026-01-01 to 2026-01-31, is here');
    expect(await counting()).toEqual({ 'file:report.csv': '100-100 200-100' });
    expect(await stand.findings('&status=open')).toEqual([]);
    expect(await hand('february.csv', february)).toMatchObject({ outcome: 'new' });
    const march = file(row('4.00', '2026-03-01'));
    expect(await hand('report.csv', march, { replace: 'true' })).toMatchObject({ outcome: 'reissued' });
    expect(await counting()).toMatchObject({ 'file:report.csv': '400-100' });
    // One date in common is a correction.
    const overlapping = file(row('4.00', '2026-03-01'), row('5.00', '2026-02-28'));
    expect(await hand('report.csv', overlapping)).toMatchObject({ lines: 2 });
  });

  it('handed in by twenty at once is there once; of two versions at once one counts', async () => {
    const same = await Promise.all(Array.from({ length: 20 }, () => hand('day.csv', first)));
    expect(same.map(({ outcome }) => outcome).sort()).toEqual([
      ...Array.from({ length: 19 }, () => 'known'),
      'new',
    ]);
    const both = await Promise.all([hand('two.csv', file(row('7.00'))), hand('two.csv', file(row('8.00')))]);
    expect(both.map(({ outcome }) => outcome).sort()).toEqual(['new', 'reissued']);
    expect(['700-100', '800-100']).toContain((await counting())['file:two.csv']);
  });
});

describe('a statement', () => {
  const day = { amount: 10_000n, on: '2026-01-31' };
  const bookings = async () =>
    stand.database.database.query(`
      select f.report_ref, b.amount::text from report_file f
        join bank_line b on b.tenant_id = f.tenant_id and b.file_id = f.file_id
       where f.superseded_by is null order by 1, 2`);
  const hear = async (name: string, xml: string) => (await stand.handIn('camt053', name, xml)).body;

  it('is the bank’s, whatever its file is called; another copy of it adds nothing', async () => {
    const xml = statementXml('S1', [day]);
    expect(await hear('a.xml', xml)).toMatchObject({ outcome: 'new', reports: [{ name: 'TR1/S1' }] });
    const later = xml.replace('<BkToCstmrStmt>', '<BkToCstmrStmt><GrpHdr><MsgId>2</MsgId></GrpHdr>');
    expect(await hear('b.xml', later)).toMatchObject({ outcome: 'known', lines: 0 });
    expect(await hear('c.xml', statementXml('S1', [{ ...day, amount: 9_900n }]))).toMatchObject({
      outcome: 'reissued',
    });
    expect(await bookings()).toEqual([{ report_ref: 'statement:TR1/S1', amount: '9900' }]);
    expect(await hear('a.xml', xml)).toMatchObject({ outcome: 'reissued', lines: 1 });
    expect(await bookings()).toEqual([{ report_ref: 'statement:TR1/S1', amount: '10000' }]);
  });

  it('replaces neither a settlement file nor another statement in a file of its name', async () => {
    await hand('day', first);
    await hear('day', statementXml('S1', [day]));
    expect(await hear('day', statementXml('S2', [{ ...day, amount: 5n }]))).toMatchObject({ outcome: 'new' });
    expect(await counting()).toEqual({ 'file:day': '10000-100' });
    expect(await bookings()).toHaveLength(2);
  });
});

it('a report and a statement that their sources call the same are two', async () => {
  const source = { tenantId: 't_one', provider: 'mock-psp', connectionId: 'c_one', zone: 'UTC', runId: 'r' };
  const head = { reportRef: 'X', businessOn: '2026-01-31', byteCount: 0, format: 'provider' };
  const store = (kind: 'settlement' | 'statement', digit: string) =>
    stand.app.get(Database).transaction((tx) =>
      storeFile(
        tx,
        { ...source, at: stand.clock.now() },
        {
          ...{ kind, rows: [] },
          head: { ...head, contentHash: digit.repeat(64) },
        },
      ),
    );
  expect((await store('settlement', 'a')).outcome).toBe('new');
  expect((await store('statement', 'b')).outcome).toBe('new');
  const counting = `select kind from report_file where superseded_by is null order by kind`;
  expect(await stand.database.database.query(counting)).toEqual([
    { kind: 'settlement' },
    { kind: 'statement' },
  ]);
});

describe('what people hear', () => {
  it('of a correction: of which date, what was there and what is there now', async () => {
    await hand('day.csv', first);
    await hand('day.csv', corrected);
    const [finding] = await reissues();
    expect(finding).toMatchObject({ business_on: '2026-01-31', severity: 'MED' });
    expect(finding?.message).toBe(
      'File “day.csv” of 2026-01-31 was issued again with other content, which counts in place of the ' +
        'former. Before: 1 line, 100.00 TRY; now: 2 lines, 104.00 TRY.',
    );
  });

  it('of a refused file: the day on which it came, every fault, and what to do', async () => {
    const answer = await stand.handIn('mapped', 'bad.csv', file(row('x'), row('1.00', '31 January')));
    expect(answer).toMatchObject({ status: 422, body: { code: 'file-refused' } });
    const [finding] = await stand.findings('&status=open');
    expect(finding).toMatchObject({ finding_type: 'batch_sum_mismatch', business_on: '2026-02-10' });
    expect(finding?.message).toBe(
      'File “bad.csv” of 2026-02-10 was refused: line 2: amount: "x" is no amount in TRY; ' +
        'line 3: time: "31 January 12:00:00" is no time',
    );
    expect(finding?.action_sentence).toBe(
      'Nothing of this file was used. Hand in a correct one under the same name.',
    );
    const { body } = await stand.call('GET', '/files');
    expect(body['data']).toMatchObject([{ name: 'bad.csv', accepted: false, reports: [] }]);
    await hand('bad.csv', first);
    expect(await stand.findings('&status=open')).toEqual([]);
  });
});
