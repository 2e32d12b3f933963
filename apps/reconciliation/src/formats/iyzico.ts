import { amountText, currencyScale } from '@defter/reconciliation-domain';
import type { SettlementLine } from '../settlement-line.js';
import { FINE_DIGITS, fineOf, roundedFine } from './decimal.js';
import { excerpt, type Faults } from './file-fault.js';
import type { ColumnFormat } from './format.js';
import { BadRow, type Row } from './row.js';

/**
 * iyzico's daily files (transaction, cut-off, settlement), whose columns are those of its reporting API, some
 * of them under another name: `price` is what the goods cost, `paidPrice` what the payer paid with
 * instalments, `merchantPayoutAmount` what we get. Amounts have a point and up to eight digits behind it.
 * https://docs.iyzico.com/en/advanced/sftp, https://docs.iyzico.com/en/advanced/settlement-files
 */
const kinds: Readonly<Record<string, string>> = {
  ...{ PAYMENT: 'sale', AUTH: 'sale', POSTAUTH: 'capture' },
  ...{ REFUND: 'refund', CANCEL: 'refund' },
};

/** Sums per currency of what a file says we get: exact, in hundred-millionths. */
class Payouts {
  private readonly sums = new Map<string, bigint>();
  private readonly stated = new Map<string, { amount: bigint; line: number }>();

  add(currency: string, amount: bigint): void {
    this.sums.set(currency, (this.sums.get(currency) ?? 0n) + amount);
  }
  state(currency: string, amount: bigint, line: number): void {
    this.stated.set(currency, { amount, line });
  }
  check(faults: Faults): void {
    for (const [currency, { amount, line }] of this.stated) {
      const sum = this.sums.get(currency) ?? 0n;
      const said = `the file says ${fineText(amount, currency)}`;
      if (sum !== amount)
        faults.add({ line, reason: `payouts: the lines add up to ${fineText(sum, currency)}, ${said}` });
    }
  }
}

function lineOf(row: Row, payouts: Payouts): SettlementLine | undefined {
  const type = row.need('transactionType').toUpperCase();
  // Reserved on the card; nothing moves before its POSTAUTH.
  if (type === 'PREAUTH') return undefined;
  const currency = row.currency('transactionCurrency');
  const payout = fine(row, 'merchantPayoutAmount');
  if (type === 'TOTAL' || type === 'TOPLAM') {
    payouts.state(currency, payout, row.record.line);
    return undefined;
  }
  const kind = kinds[type];
  if (kind === undefined) throw new BadRow(`the type "${excerpt(type)}" is not known`);
  expectOneCurrency(row, currency);
  const money = moneyOf(row, { isRefund: kind === 'refund', currency, payout });
  payouts.add(currency, payout);
  const { at, on } = row.time('transactionDate');
  const [operationId, batchRef] = [row.text('conversationId'), row.text('settlementReferenceCode')];
  return {
    ...{ lineNumber: row.record.line, raw: row.record.raw, kind, status: 'succeeded', currency },
    ...{ providerRef: row.need('paymentId'), ...(operationId !== '' && { operationId }) },
    ...money,
    ...(batchRef !== '' && { batchRef }),
    ...{ businessOn: on, occurredAt: at },
  };
}

type Money = Pick<SettlementLine, 'amountMinor' | 'feeMinor' | 'netMinor' | 'surchargeMinor'>;
interface Paid {
  readonly isRefund: boolean;
  readonly currency: string;
  readonly payout: bigint;
}

/** A refund is written with or without its sign; what is left of a payment is what we get of it. */
function moneyOf(row: Row, { isRefund, currency, payout }: Paid): Money {
  const [price, paid] = ['price', 'paidPrice'].map((column) => sizeOf(fine(row, column))) as [bigint, bigint];
  const fee = fineOr(row, commission) + fineOr(row, fixedFee);
  const [is, of] = isRefund ? [-sizeOf(payout), fee - paid] : [payout, paid - fee];
  if (is !== of) {
    const [said, sum] = [fineText(is, currency), fineText(of, currency)];
    throw new BadRow(`merchantPayoutAmount is ${said}, but what was paid less commission and fee is ${sum}`);
  }
  const [amountMinor, netMinor] = [roundedFine(paid, currency), roundedFine(is, currency)];
  const surcharge = amountMinor - roundedFine(price, currency);
  return {
    ...{ amountMinor, netMinor, feeMinor: isRefund ? 0n : amountMinor - netMinor },
    ...(surcharge > 0n && { surchargeMinor: surcharge }),
  };
}

const commission = ['iyzicoCommission', 'iyziCommissionRateAmount'] as const;
const fixedFee = ['iyzicoFee', 'iyziCommissionFee'] as const;

const fineOr = (row: Row, [one, other]: readonly [string, string]): bigint =>
  fine(row, row.text(one) === '' ? other : one);

function fine(row: Row, column: string): bigint {
  const text = row.text(column);
  if (text === '') return 0n;
  const amount = fineOf(text, 'point');
  if (amount === undefined) throw new BadRow(`${column}: "${excerpt(text)}" is no amount`);
  return amount;
}

function fineText(fine: bigint, currency: string): string {
  const minor = roundedFine(fine, currency);
  const unit = 10n ** BigInt(FINE_DIGITS - currencyScale(currency));
  if (minor * unit === fine) return amountText(minor, currency);
  const digits = sizeOf(fine)
    .toString()
    .padStart(FINE_DIGITS + 1, '0');
  const text = `${digits.slice(0, -FINE_DIGITS)}.${digits.slice(-FINE_DIGITS).replace(/0+$/, '')}`;
  return `${fine < 0n ? '-' : ''}${text} ${currency}`;
}

/** Amounts of such a row are in two currencies, and nothing published says which is which. */
function expectOneCurrency(row: Row, currency: string): void {
  if (row.text('settlementCurrency') === '') return;
  const settled = row.currency('settlementCurrency');
  if (settled !== currency)
    throw new BadRow(`it was paid in ${currency} and settled in ${settled}: read such files by a mapping`);
}

const sizeOf = (amount: bigint): bigint => (amount < 0n ? -amount : amount);

export const iyzico: ColumnFormat = {
  needed: [
    ...['transactionType', 'transactionDate', 'paymentId', 'price', 'paidPrice', 'transactionCurrency'],
    'merchantPayoutAmount',
  ],
  notation: { mark: 'point', zone: 'Europe/Istanbul' },
  open: () => {
    const payouts = new Payouts();
    return { line: (row) => lineOf(row, payouts), end: (faults: Faults) => payouts.check(faults) };
  },
};
