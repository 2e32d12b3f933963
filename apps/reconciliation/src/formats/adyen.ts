import type { SettlementLine } from '../settlement-line.js';
import type { Faults } from './file-fault.js';
import type { ColumnFormat } from './format.js';
import { BadRow, expectNet, type Row } from './row.js';
import { Sums } from './sums.js';

/**
 * Adyen's settlement detail report: one row per movement, debit and credit in columns of their own, the
 * payout of each batch among them, so that a closed batch adds up to nothing. Column names and order as in
 * Adyen's sample report; the parsers of Wikimedia's SmashPig (AdyenSettlementDetailReport) and of others
 * read the same ones.
 * https://docs.adyen.com/reporting/settlement-reconciliation/transaction-level/settlement-details-report
 */
const kinds: Readonly<Record<string, readonly [kind: string, status: SettlementLine['status']]>> = {
  ...{
    settled: ['sale', 'succeeded'],
    settledbulk: ['sale', 'succeeded'],
    refunded: ['refund', 'succeeded'],
  },
  ...{ refundedbulk: ['refund', 'succeeded'], refundedreversed: ['refund', 'returned'] },
  ...{ chargeback: ['chargeback', 'succeeded'], secondchargeback: ['chargeback', 'succeeded'] },
  ...{ chargebackreversed: ['chargeback', 'returned'], fee: ['fee', 'succeeded'] },
  ...{ paymentcost: ['fee', 'succeeded'], invoicededuction: ['fee', 'succeeded'] },
  ...{ reserveadjustment: ['reserve', 'succeeded'], paidout: ['payout', 'succeeded'] },
  ...{ paidoutreversed: ['payout', 'returned'] },
};
const costs = ['Commission (NC)', 'Markup (NC)', 'Scheme Fees (NC)', 'Interchange (NC)'];

function lineOf(row: Row, sums: Sums): SettlementLine | undefined {
  const type = row.need('Type').toLowerCase().replaceAll(' ', '');
  const netCurrency = row.currency('Net Currency');
  const net = row.amount('Net Credit (NC)', netCurrency) - row.amount('Net Debit (NC)', netCurrency);
  const batch = row.need('Batch Number');
  const sum = `batch ${batch}`;
  if (type === 'merchantpayout' || type === 'balancetransfer') {
    sums.state(sum, netCurrency, { amount: -net, line: row.record.line });
    return undefined;
  }
  sums.add(sum, netCurrency, net);
  const [kind, status] = kinds[type] ?? ['adjustment', 'succeeded'];
  const { at, on } = row.time('Creation Date', row.text('TimeZone') || 'UTC');
  const operationId = row.text('Modification Merchant Reference') || row.text('Merchant Reference');
  return {
    ...{ lineNumber: row.record.line, raw: row.record.raw, kind, status, netMinor: net },
    ...moneyOf(row, netCurrency, net),
    ...(operationId !== '' && { operationId }),
    providerRef: row.text('Modification Reference') || row.text('Psp Reference'),
    ...{ businessOn: on, occurredAt: at, batchRef: `batch-${batch}` },
  };
}

type Money = Pick<SettlementLine, 'amountMinor' | 'feeMinor' | 'currency' | 'original'>;

/** Amounts in the currency in which Adyen settles; what was paid in another one stands beside them. */
function moneyOf(row: Row, currency: string, net: bigint): Money {
  const feeMinor = costs.reduce((fee, column) => fee + row.amount(column, currency), 0n);
  const grossText = row.text('Gross Currency');
  // A cost that was given back (interchange of a refund) is no fee; the net has it.
  const kept = feeMinor < 0n ? 0n : feeMinor;
  if (grossText === '') return { amountMinor: sizeOf(net), feeMinor: kept, currency };
  const grossCurrency = row.currency('Gross Currency');
  const gross =
    row.amount('Gross Credit (GC)', grossCurrency) - row.amount('Gross Debit (GC)', grossCurrency);
  if (grossCurrency === currency) {
    expectNet('net', currency, { is: net, of: gross - feeMinor, sum: 'gross less its costs' });
    return { amountMinor: sizeOf(gross), feeMinor: kept, currency };
  }
  const rate = row.need('Exchange Rate');
  if (!/^\d{1,20}(\.\d{1,20})?$/.test(rate)) throw new BadRow(`the exchange rate "${rate}" is none`);
  const original = { amountMinor: sizeOf(gross), currency: grossCurrency, rate };
  return { amountMinor: sizeOf(net + feeMinor), feeMinor: kept, currency, original };
}

const sizeOf = (amount: bigint): bigint => (amount < 0n ? -amount : amount);

export const adyen: ColumnFormat = {
  needed: [
    'Psp Reference',
    'Type',
    'Creation Date',
    'Net Currency',
    'Net Debit (NC)',
    'Net Credit (NC)',
  ].concat('Batch Number'),
  notation: { mark: 'point', zone: 'UTC' },
  open: () => {
    const sums = new Sums();
    return { line: (row) => lineOf(row, sums), end: (faults: Faults) => sums.check(faults) };
  },
};
