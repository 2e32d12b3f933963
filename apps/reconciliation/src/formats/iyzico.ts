import type { SettlementLine } from '../settlement-line.js';
import type { Faults } from './file-fault.js';
import type { ColumnFormat } from './format.js';
import { BadRow, type Row } from './row.js';
import { Sums } from './sums.js';

/**
 * iyzico's daily transactions, in columns named as in its reporting API: `price` is what the goods cost,
 * `paidPrice` what the payer paid with instalments, `merchantPayoutAmount` what we get.
 * https://docs.iyzico.com (Reporting: daily transactions)
 */
const kinds: Readonly<Record<string, string>> = { PAYMENT: 'sale', REFUND: 'refund', CANCEL: 'refund' };

function lineOf(row: Row, sums: Sums): SettlementLine | undefined {
  const currency = row.currency('transactionCurrency');
  const amount = (column: string): bigint => row.amount(column, currency);
  const [price, paid, payout] = [amount('price'), amount('paidPrice'), amount('merchantPayoutAmount')];
  const feeMinor = amount('iyzicoCommission') + amount('iyzicoFee');
  const type = row.need('transactionType').toUpperCase();
  if (type === 'TOTAL' || type === 'TOPLAM') {
    sums.state(`payouts in ${currency}`, payout, row.record.line);
    return undefined;
  }
  const kind = kinds[type];
  if (kind === undefined) throw new BadRow(`the type "${type}" is not known`);
  const netMinor = kind === 'sale' ? paid - feeMinor : feeMinor - paid;
  if (netMinor !== payout) throw new BadRow('the payout is not what was paid less commission and fee');
  sums.add(`payouts in ${currency}`, payout);
  const { at, on } = row.time('transactionDate');
  const operationId = row.text('conversationId');
  return {
    ...{ lineNumber: row.record.line, raw: row.record.raw, kind, status: 'succeeded', currency },
    ...{ providerRef: row.need('paymentId'), ...(operationId !== '' && { operationId }) },
    ...{ amountMinor: paid, feeMinor: kind === 'sale' ? feeMinor : 0n, netMinor },
    ...(paid > price && { surchargeMinor: paid - price }),
    ...{ businessOn: on, occurredAt: at },
  };
}

export const iyzico: ColumnFormat = {
  needed: [
    'transactionType',
    'transactionDate',
    'paymentId',
    'price',
    'paidPrice',
    'transactionCurrency',
  ].concat('merchantPayoutAmount'),
  notation: { mark: 'either', zone: 'Europe/Istanbul' },
  open: () => {
    const sums = new Sums();
    return { line: (row) => lineOf(row, sums), end: (faults: Faults) => sums.check(faults) };
  },
};
