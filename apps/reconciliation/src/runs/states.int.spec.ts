import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Book, settlementText } from '../testing/book.js';
import { Stand } from '../testing/stand.js';

const stands: Stand[] = [];
const start = async (): Promise<Stand> => {
  const stand = await Stand.start();
  stands.push(stand);
  return stand;
};
afterEach(async () => {
  await Promise.all(stands.splice(0).map((stand) => stand.stop()));
});
const open = async (stand: Stand): Promise<string[]> =>
  (await stand.findings('&status=open')).map(({ finding_type, tx_id }) => `${finding_type} ${tx_id}`).sort();

describe('what no line shows', () => {
  it('a payment charged twice, unless the second one was given back', async () => {
    const stand = await start();
    const book = new Book('x');
    const [one, two, back] = [book.add(1), book.add(2), book.add(3)];
    const events = book.events().map((event) => ({ ...event, operations: [] }));
    const [first] = events;
    if (first === undefined) throw new Error('no event');
    await stand.know([{ ...first, operations: [one, two] }], book.ledger);
    stand.shelf.put('2026-01-31', settlementText('2026-01-31', book.lines.slice(0, 2)));
    await stand.reconcile();
    expect(await open(stand)).toEqual([`duplicate_charge ${two.operationId}`]);
    const refund = { ...back, kind: 'refund', amountMinor: two.amountMinor, feeMinor: '0' };
    const afterRefundOf = async (version: number, parent: string | undefined): Promise<string[]> => {
      const given = { ...refund, ...(parent !== undefined && { parentOperationId: parent }) };
      await stand.know([{ ...first, version, operations: [one, two, given] }], []);
      await stand.reconcile();
      return (await open(stand)).filter((text) => text.startsWith('duplicate_charge'));
    };
    // The first charge was given back, or nobody knows which: the second one is still there.
    expect(await afterRefundOf(2, one.operationId)).toEqual([`duplicate_charge ${two.operationId}`]);
    expect(await afterRefundOf(3, undefined)).toEqual([`duplicate_charge ${two.operationId}`]);
    // The same event read again, by a process that keeps the parent.
    expect(await afterRefundOf(3, two.operationId)).toEqual([]);
  });

  it('a payment charged three times: one refund covers one of them, two halves cover another', async () => {
    const stand = await start();
    const book = new Book('y');
    const charges = [1, 2, 3].map((index) => book.add(index, { amountMinor: '10000' }));
    const [event] = book.events();
    if (event === undefined) throw new Error('no event');
    const refundOf = (charge: string, index: number, amountMinor: string) => ({
      ...book.add(index, { kind: 'refund', amountMinor, feeMinor: '0', result: 'pending' }),
      ...{ result: 'succeeded', parentOperationId: `op_y_${charge}` },
    });
    const [whole, half, other] = [
      refundOf('2', 4, '10000'),
      refundOf('3', 5, '5000'),
      refundOf('3', 6, '5000'),
    ];
    const doubled = async (version: number, ...refunds: readonly (typeof whole)[]): Promise<string[]> => {
      await stand.know([{ ...event, version, operations: [...charges, ...refunds] }], []);
      await stand.reconcile();
      return (await open(stand)).filter((text) => text.startsWith('duplicate_charge'));
    };
    await stand.know([], book.ledger);
    stand.shelf.put('2026-01-31', settlementText('2026-01-31', book.lines.slice(0, 3)));
    const [, second, third] = charges.map(({ operationId }) => `duplicate_charge ${operationId}`);
    expect(await doubled(1)).toEqual([second, third]);
    expect(await doubled(2, whole)).toEqual([third]);
    expect(await doubled(3, whole, half)).toEqual([third]);
    expect(await doubled(4, whole, half, other)).toEqual([]);
  });

  it('a payment charged three times unequally: the refund of one says nothing of another', async () => {
    const stand = await start();
    const book = new Book('q');
    const charges = ['10000', '1000', '10000'].map((amountMinor, index) => book.add(index, { amountMinor }));
    const [, second, third] = charges.map(({ operationId }) => operationId);
    const [event] = book.events();
    if (event === undefined || third === undefined) throw new Error('no event');
    const refund = {
      ...book.add(4, { kind: 'refund', amountMinor: '10000', feeMinor: '0', result: 'pending' }),
      ...{ result: 'succeeded', parentOperationId: third },
    };
    await stand.know([{ ...event, operations: [...charges, refund] }], book.ledger);
    stand.shelf.put('2026-01-31', settlementText('2026-01-31', book.lines.slice(0, 3)));
    await stand.reconcile();
    expect((await open(stand)).filter((text) => text.startsWith('duplicate_charge'))).toEqual([
      `duplicate_charge ${second}`,
    ]);
  });

  it('a line that names an operation is of no other one, though that has its reference', async () => {
    const stand = await start();
    const book = new Book('n');
    const one = book.add(1, { amountMinor: '10000' });
    const two = book.add(2, { amountMinor: '10000', providerRef: one.providerRef ?? '' });
    const eventsOf = ({ operationId }: { operationId: string }) =>
      book.events().filter(({ operations }) => operations.some((each) => each.operationId === operationId));
    const pairs = async () => {
      await stand.reconcile();
      return stand.database.database.query('select operation_id, pass from match order by operation_id');
    };
    // The event of the second one is late.
    await stand.know(eventsOf(one), book.ledger);
    stand.shelf.put('2026-01-31', settlementText('2026-01-31', book.lines.slice(1)));
    expect(await pairs()).toEqual([]);
    await stand.know(eventsOf(two), []);
    expect(await pairs()).toEqual([{ operation_id: two.operationId, pass: 1 }]);
  });

  it('a date between two reports whose report lacks; it closes when it comes', async () => {
    const stand = await start();
    const book = new Book('z');
    for (const [index, on] of ['2026-01-29', '2026-01-30', '2026-01-31'].entries())
      book.add(index, { occurredAt: `${on}T10:00:00Z` });
    await stand.know(book.events(), book.ledger);
    const put = (index: number, on: string) => {
      const line = book.lines[index];
      if (line !== undefined) stand.shelf.put(on, settlementText(on, [line]));
    };
    put(0, '2026-01-29');
    put(2, '2026-01-31');
    await stand.reconcile();
    expect((await open(stand)).map((text) => text.split(' ')[0])).toEqual([
      'missing_at_psp',
      'report_missing',
    ]);
    put(1, '2026-01-30');
    await stand.reconcile();
    expect(await open(stand)).toEqual([]);
  });

  it('a line that came later than this connection’s lag', async () => {
    const stand = await start();
    const book = new Book('l');
    book.add(1, { occurredAt: '2026-01-28T10:00:00Z' });
    await stand.know(book.events(), book.ledger);
    stand.shelf.put('2026-01-31', book.text());
    await stand.reconcile();
    expect(
      (await stand.findings('&status=open')).map(({ finding_type, severity }) => [finding_type, severity]),
    ).toEqual([['late_settlement', 'MED']]);
    const rule = { settlement_lag_hours: 72 };
    const kept = await fetch(
      `${stand.app.url}/api/v1/payments/reconciliation/connections/mock-psp/c_one/rule`,
      {
        method: 'PUT',
        headers: { authorization: `Bearer ${stand.tokens.one}`, 'content-type': 'application/json' },
        body: JSON.stringify(rule),
      },
    );
    expect(kept.status).toBe(204);
    await stand.reconcile();
    expect(await stand.findings('&status=open')).toEqual([]);
  });
});

describe('lines that name nothing', () => {
  let stand: Stand;
  beforeAll(async () => {
    stand = await Stand.start();
    const mapping = {
      ...{ decimal_mark: 'point', zone: 'Europe/Istanbul', amount: 'amount', time: 'time', currency: 'TRY' },
      ...{ fee: 'fee', reference: 'ref' },
    };
    const headers = { authorization: `Bearer ${stand.tokens.one}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ mapping });
    const path = '/api/v1/payments/reconciliation/connections/mock-psp/c_one/rule';
    await fetch(`${stand.app.url}${path}`, { method: 'PUT', headers, body });
    const book = new Book('n');
    book.add(1, { amountMinor: '10000', feeMinor: '0' });
    for (const index of [2, 3]) book.add(index, { amountMinor: '20000', feeMinor: '0' });
    book.add(4, { amountMinor: '30000', feeMinor: '0', providerRef: 'REF-2026-00417' });
    book.add(5, { amountMinor: '50000', feeMinor: '0', occurredAt: '2026-01-29T09:00:00Z' });
    await stand.know(book.events(), book.ledger);
    const rows = [
      ...['100.00,2026-01-31 12:00:00,0.00,', '200.00,2026-01-31 12:00:00,0.00,'],
      ...['300.00,2026-01-31 12:00:00,0.00,REF 2026 00471', '500.00,2026-01-31 12:00:00,0.00,'],
    ];
    const answer = await stand.handIn('mapped', 'day.csv', ['amount,time,fee,ref', ...rows].join('\n'));
    expect(answer.body).toMatchObject({ outcome: 'new', lines: 4 });
    await stand.reconcile();
  });
  afterAll(() => stand.stop());

  it('are matched in the window where one fits one', async () => {
    const rows = await stand.database.database.query('select operation_id, pass, explanation from match');
    expect(rows).toEqual([{ operation_id: 'op_n_1', pass: 5, explanation: 'exact' }]);
  });

  it('are for a person where several fit, only the text is alike, or the time is too far off', async () => {
    const findings = await stand.findings('&status=open&type=missing_in_ledger');
    const suggestions = findings.map(({ raw }) => {
      const { line, suggestions: all = [] } = raw as {
        line: { amount: string };
        suggestions?: { operationId: string; reason: string }[];
      };
      return [line.amount, all.map(({ operationId, reason }) => `${operationId} ${reason}`)];
    });
    expect(suggestions.sort()).toEqual([
      ['20000', ['op_n_2 fits several', 'op_n_3 fits several']],
      ['30000', ['op_n_4 similar reference']],
      ['50000', ['op_n_5 fits several']],
    ]);
  });

  it('the same file again adds nothing; another one of its name replaces it and says so', async () => {
    const text = 'amount,time,fee,ref\n100.00,2026-01-31 12:00:00,0.00,';
    const before = await stand.sizes();
    const again = await stand.handIn('mapped', 'other.csv', text.replace('100.00', '99.00'));
    expect(again.body).toMatchObject({ outcome: 'new', lines: 1 });
    const same = await stand.handIn('mapped', 'third.csv', text.replace('100.00', '99.00'));
    expect(same.body).toMatchObject({ outcome: 'known', lines: 0 });
    expect((await stand.sizes())['report_line']).toBe((before['report_line'] ?? 0) + 1);
    expect((await stand.handIn('mapped', 'day.csv', text)).body).toMatchObject({ outcome: 'reissued' });
    expect(await stand.findings('&status=open&type=report_reissued')).toHaveLength(1);
  });

  it('a file that doesn’t add up is refused whole, with its lines, and kept', async () => {
    const before = await stand.sizes();
    const bad = 'amount,time,fee,ref\n1.00,2026-01-31,0.00,\nx,2026-01-31,0.00,\n1.00,31 January,0.00,';
    const answer = await stand.handIn('mapped', 'bad.csv', bad);
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'file-refused', faults: [{ line: 3 }, { line: 4 }] },
    });
    const { report_file, report_line } = await stand.sizes();
    expect([report_file, report_line]).toEqual([before['report_file'], before['report_line']]);
    const kept = await stand.call('GET', `/files/${String(answer.body['file_id'])}`);
    expect(kept.body).toMatchObject({
      accepted: false,
      bytes: `${bad.length}`,
      refusals: [{ line: 3 }, { line: 4 }],
    });
    expect(await stand.findings('&status=open&type=batch_sum_mismatch')).toHaveLength(1);
    await stand.handIn('mapped', 'bad.csv', bad.replace('x,', '1.00,').replace('31 January', '2026-01-31'));
    expect(await stand.findings('&status=open&type=batch_sum_mismatch')).toHaveLength(0);
    const { body } = await stand.call('GET', '/files?page_size=2');
    expect(body['data']).toHaveLength(2);
    expect(body['next']).toBeDefined();
  });

  it('a preview says what lines would be, and stores nothing', async () => {
    const mapping = { decimal_mark: 'comma', zone: 'UTC', amount: 'Tutar', time: 'Tarih', currency: 'TRY' };
    const before = await stand.sizes();
    const sample = 'Tutar;Tarih\n1.250,50;31.01.2026\nx;31.01.2026';
    const { status, body } = await stand.call('POST', '/mapping/preview', { body: { mapping, sample } });
    expect([status, body]).toMatchObject([
      200,
      { lines: [{ amount: '125050', kind: 'sale' }], faults: [{ line: 3 }] },
    ]);
    expect(await stand.sizes()).toEqual(before);
    const bad = await stand.call('POST', '/mapping/preview', { body: { mapping: { zone: '1' }, sample } });
    expect(bad.status).toBe(400);
  });
});
