import { afterEach, describe, expect, it } from '@jest/globals';
import { Book } from '../testing/book.js';
import { Stand } from '../testing/stand.js';

const stands: Stand[] = [];
afterEach(async () => {
  await Promise.all(stands.splice(0).map((stand) => stand.stop()));
});

interface Ours {
  readonly amountMinor: string;
  readonly feeMinor?: string;
}

/** A service that knows deposits of these amounts in lira, `op_x_0` and on. */
const knowing = async (...all: readonly Ours[]): Promise<Stand> => {
  const stand = await Stand.start();
  stands.push(stand);
  const book = new Book('x');
  for (const [index, { amountMinor, feeMinor = '0' }] of all.entries()) {
    book.add(index, { amountMinor, feeMinor });
  }
  await stand.know(book.events(), book.ledger);
  return stand;
};
const hear = async (stand: Stand, format: string, rows: readonly string[]): Promise<void> => {
  const answer = await stand.handIn(format, `${format}.csv`, rows.join('\n'));
  expect([answer.status, answer.body]).toEqual([200, expect.objectContaining({ lines: rows.length - 1 })]);
};
const explained = (stand: Stand) =>
  stand.database.database.query('select operation_id as of, explanation from match order by 1');
const open = async (stand: Stand) =>
  (await stand.findings('&status=open')).map(({ finding_type, tx_id }) => `${finding_type} ${tx_id}`).sort();

const ADYEN =
  'Psp Reference,Merchant Reference,Creation Date,TimeZone,Type,Gross Currency,Gross Debit (GC),' +
  'Gross Credit (GC),Exchange Rate,Net Currency,Net Debit (NC),Net Credit (NC),Commission (NC),Batch Number';
const exchanged = (index: number, gross: string, rate: string, net: string): string =>
  `psp_${index},op_x_${index},2026-01-31 12:00:00,UTC,Settled,TRY,,${gross},${rate},EUR,,${net},,7`;

describe('an exchange', () => {
  it('at the stated rate is explained, rounded either way; two cents off it is a finding', async () => {
    // 1,000.05 TRY at 0.0333 are 33.301665 EUR.
    const stand = await knowing(...Array.from({ length: 4 }, () => ({ amountMinor: '100005' })));
    await hear(stand, 'adyen', [
      ADYEN,
      ...[exchanged(0, '1000.05', '0.0333', '33.30'), exchanged(1, '1000.05', '0.0333', '33.31')],
      ...[exchanged(2, '1000.05', '0.0333', '33.32'), exchanged(3, '1000.06', '0.0333', '33.30')],
    ]);
    const run = await stand.reconcile();
    expect(await explained(stand)).toEqual([
      { of: 'op_x_0', explanation: 'fx' },
      { of: 'op_x_1', explanation: 'rounding' },
      { of: 'op_x_2', explanation: 'differs' },
      { of: 'op_x_3', explanation: 'differs' },
    ]);
    // The last one was exchanged rightly, but of another amount than ours.
    expect(await open(stand)).toEqual(['amount_mismatch op_x_3', 'fx_mismatch op_x_2']);
    const [mismatch] = await stand.findings('&type=fx_mismatch');
    expect(mismatch).toMatchObject({
      severity: 'MED',
      message: expect.stringContaining('1000.05 TRY at 0.0333 is not 33.32 EUR'),
    });
    expect(run.counts['differences']).toEqual([
      { currency: 'EUR', explanation: 'rounding', explained: true, pairs: '1', more: '1', less: '0' },
    ]);
  });

  it('to another currency without a rate is a wrong currency', async () => {
    const stand = await knowing({ amountMinor: '100005' });
    await hear(stand, 'adyen', [ADYEN, exchanged(0, '', '', '33.30').replace('TRY,,,', 'EUR,,33.30,')]);
    await stand.reconcile();
    expect(await open(stand)).toEqual(['currency_mismatch op_x_0']);
  });
});

describe('a surcharge for instalments', () => {
  const head =
    'transactionType;transactionDate;paymentId;conversationId;price;paidPrice;transactionCurrency;' +
    'iyzicoCommission;iyzicoFee;merchantPayoutAmount';
  const paid = (index: number): string =>
    `PAYMENT;2026-01-31 12:00:00;9${index};op_x_${index};1000.00;1030.00;TRY;29.87;0.25;999.88`;

  it('explains what the payer paid on top, and not a kuruş more', async () => {
    const ours = { amountMinor: '100000', feeMinor: '3012' };
    const stand = await knowing(ours, { ...ours, amountMinor: '99999' });
    await hear(stand, 'iyzico', [head, paid(0), paid(1)]);
    const run = await stand.reconcile();
    expect(await explained(stand)).toEqual([
      { of: 'op_x_0', explanation: 'surcharge' },
      { of: 'op_x_1', explanation: 'differs' },
    ]);
    expect(await open(stand)).toEqual(['amount_mismatch op_x_1']);
    expect(run.counts['differences']).toEqual([
      { currency: 'TRY', explanation: 'differs', explained: false, pairs: '1', more: '3001', less: '0' },
      { currency: 'TRY', explanation: 'surcharge', explained: true, pairs: '1', more: '3000', less: '0' },
    ]);
  });
});

describe('a reserve', () => {
  const reserve = (debit: string, credit: string, on = '2025-07-01', batch = 1): string =>
    `,,${on} 12:00:00,UTC,ReserveAdjustment,,,,,EUR,${debit},${credit},,${batch}`;
  const asOf = async (stand: Stand, as_of?: string) => {
    await stand.reconcile(as_of === undefined ? {} : { as_of });
    return (await stand.findings()).map(({ finding_type, severity, status }) => [
      finding_type,
      severity,
      status,
    ]);
  };

  it('is a finding once it is held for too long; one who looks back raises and closes nothing', async () => {
    const stand = await knowing();
    await hear(stand, 'adyen', [ADYEN, reserve('500.00', ''), reserve('20.00', '', '2026-01-31', 2)]);
    // Half a year less a day, and then a day more.
    expect(await asOf(stand, '2025-12-28T09:00:00Z')).toEqual([]);
    const held = [['unsettled_reserve', 'LOW', 'open']];
    expect(await asOf(stand, '2025-12-29T09:00:00Z')).toEqual(held);
    const [finding] = await stand.findings();
    expect(finding?.message).toContain('a reserve of 520.00 EUR since 2025-07-01');
    expect(await asOf(stand)).toEqual(held);
    expect(await asOf(stand, '2025-12-28T09:00:00Z')).toEqual(held);
    const released = await stand.handIn(
      'adyen',
      'released.csv',
      [ADYEN, reserve('', '520.00', '2026-02-01', 3)].join('\n'),
    );
    expect(released.status).toBe(200);
    expect(await asOf(stand)).toEqual([['unsettled_reserve', 'LOW', 'auto_resolved']]);
  });
});
